//! Figures for a host's monitoring, in the text format of Prometheus.

use metrics::{
    Counter, Histogram, counter, describe_counter, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{LazyLock, OnceLock};

/// Seconds; from a quick commit to one that somebody complains about.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// The process has one recorder, however many servers a test starts in it.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Frames to clients: counted by whoever writes them, which is the hub or a connection.
pub static FRAMES_OUT: LazyLock<Counter> = LazyLock::new(|| {
    RECORDER.get_or_init(install);
    counter!("hubbub_frames_total", "way" => "out")
});

/// Handles of what is counted often, so that counting is an addition and no look-up.
pub struct Counters {
    /// Messages kept.
    pub messages: Counter,
    /// Seconds from taking a message until everybody was told.
    pub send_seconds: Histogram,
    /// Seconds to load and render a page.
    pub page_seconds: Histogram,
    /// Frames from clients.
    pub frames_in: Counter,
    handle: Option<PrometheusHandle>,
}

impl Counters {
    /// Starts counting.
    #[must_use]
    pub fn new() -> Self {
        let handle = RECORDER.get_or_init(install).clone();
        // Shown before the first frame.
        LazyLock::force(&FRAMES_OUT);
        Self {
            messages: counter!("hubbub_messages_total"),
            send_seconds: histogram!("hubbub_send_seconds"),
            page_seconds: histogram!("hubbub_page_seconds"),
            frames_in: counter!("hubbub_frames_total", "way" => "in"),
            handle,
        }
    }

    /// Everything, as text.
    #[must_use]
    pub fn render(&self, connections: usize) -> String {
        #[allow(clippy::cast_precision_loss)] // There are no 2^52 sockets.
        gauge!("hubbub_connections").set(connections as f64);
        self.handle
            .as_ref()
            .map_or_else(String::new, PrometheusHandle::render)
    }

    /// Folds samples into their buckets; without it they pile up where nobody scrapes.
    pub fn tidy(&self) {
        if let Some(handle) = &self.handle {
            handle.run_upkeep();
        }
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Counters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counters")
    }
}

fn install() -> Option<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .ok()?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    describe_counter!("hubbub_messages_total", "Messages kept");
    describe_histogram!(
        "hubbub_send_seconds",
        "From taking a message until everybody was told"
    );
    describe_histogram!("hubbub_page_seconds", "Loading and rendering a page");
    describe_counter!("hubbub_frames_total", "Frames from and to clients");
    describe_counter!("hubbub_refusals_total", "What was refused, by code");
    describe_counter!("hubbub_closes_total", "Sockets closed by us, by reason");
    describe_counter!(
        "hubbub_responses_total",
        "Answers to HTTP requests, by status"
    );
    metrics::describe_gauge!("hubbub_connections", "Sockets open now");
    Some(handle)
}
