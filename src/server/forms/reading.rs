//! How a posted form is read.

use super::{Place, Posted, answer::Unread, field};
use crate::{
    protocol::{Form, limits::FORM_BYTES},
    server::App,
};
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use tokio::time::timeout;

/// Bytes beyond [`FORM_BYTES`] that are read and thrown away. A browser reads no answer
/// before it has sent everything; cut off, it shows a page of its own about the connection.
const THROWN_AWAY: usize = 8 * 1024 * 1024;

/// What came of a body.
#[derive(Default)]
struct Bytes {
    /// At most [`FORM_BYTES`].
    start: Vec<u8>,
    /// Whether that is not all.
    cut: bool,
}

impl App {
    pub(super) async fn read_form(&self, place: &Place, body: Body) -> Result<Posted, Unread> {
        let mut read = Bytes::default();
        let reading = read.fill(body.into_data_stream());
        let in_time = timeout(self.config.limits.header_within, reading).await;
        let Bytes { start, cut } = read;
        match in_time {
            Ok(filled) => filled?,
            // What is wrong with it is known already.
            Err(_) if cut => {}
            Err(_) => return Err(Unread::TooSlow),
        }
        let whole = if cut { whole_fields(&start) } else { &start };
        let fields: Vec<(String, String)> = match serde_urlencoded::from_bytes(whole) {
            Ok(fields) => fields,
            Err(_) if cut => return Err(Unread::TooLarge),
            Err(_) => return Err(Unread::Unknown),
        };
        let named = field(&fields, "do");
        let forms: &[Form] = match place {
            Place::Room(_) => &[Form::Join, Form::Send, Form::Topic, Form::Leave],
            Place::Message(..) => &[Form::Edit, Form::Delete, Form::React],
            Place::Rooms => &[Form::Create],
            Place::Me => &[Form::Rename, Form::SignOut],
        };
        let form = forms.iter().find(|form| form.name() == named).copied();
        match form {
            Some(form) if matches!(form, Form::Send | Form::Edit) || !cut => {
                Ok(Posted { form, fields, cut })
            }
            _ if cut => Err(Unread::TooLarge),
            _ => Err(Unread::Unknown),
        }
    }
}

impl Bytes {
    async fn fill(&mut self, mut body: BodyDataStream) -> Result<(), Unread> {
        let mut thrown_away = 0;
        while thrown_away <= THROWN_AWAY
            && let Some(bytes) = body.next().await
        {
            // Whoever is gone hears no answer.
            let bytes = bytes.map_err(|_| Unread::Unknown)?;
            let left = FORM_BYTES - self.start.len();
            let (kept, rest) = bytes.split_at(left.min(bytes.len()));
            self.start.extend_from_slice(kept);
            self.cut |= !rest.is_empty();
            thrown_away += rest.len();
        }
        Ok(())
    }
}

/// The fields that were not cut off in the middle.
fn whole_fields(start: &[u8]) -> &[u8] {
    let end = start.iter().rposition(|byte| *byte == b'&');
    &start[..end.unwrap_or(0)]
}
