//! What a refusal asks of a client.

use hubbub::protocol::{Refusal, RefusalCode};
use std::time::Duration;

/// How long to hold back when a refusal does not say.
const HOLD: Duration = Duration::from_secs(2);

/// Whether the same may be taken a little later.
pub(super) fn may_pass(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::TooFast | RefusalCode::Busy | RefusalCode::Internal
    )
}

/// How long to wait before the same is tried again.
pub(super) fn hold_for(refusal: &Refusal) -> Duration {
    refusal
        .retry_after_ms
        .map_or(HOLD, Duration::from_millis)
        .max(Duration::from_millis(100))
}
