//! Every text for people, in one place: ready for translation, and where its voice is kept.
//! Plain, short, kind; sentence case; what happened and what helps.

use crate::protocol::RefusalCode;

/// What a refusal says.
#[must_use]
pub fn refusal(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::NameEmpty => "Please enter a name.",
        RefusalCode::NameTooLong => "That name is too long. Use at most 32 letters.",
        RefusalCode::NameCharacters => {
            "That name has characters that can't be used. Letters, digits, spaces and simple \
             punctuation work."
        }
        RefusalCode::NameTaken => "Somebody here has that name, or one that looks like it.",
        RefusalCode::MessageEmpty => "There is nothing to send yet.",
        RefusalCode::MessageTooLong => "That message is too long. Shorten it or send it in parts.",
        RefusalCode::MessageCharacters => "That message has invisible control characters.",
        RefusalCode::RoomNameEmpty => "Please enter a name with at least one letter or digit.",
        RefusalCode::RoomNameTooLong => "That name is too long. Use at most 40 letters.",
        RefusalCode::RoomTaken => "There is a room with that name already.",
        RefusalCode::TooManyRooms => "This place has as many rooms as it can hold.",
        RefusalCode::TopicTooLong => "That topic is too long. Use at most 200 letters.",
        RefusalCode::LineCharacters => "Please keep it to one line without control characters.",
        RefusalCode::EmailInvalid => "That does not look like an e-mail address.",
        RefusalCode::NoSuchRoom => "There is no such room.",
        RefusalCode::NameNeeded => "Choose a name first.",
        RefusalCode::CidReused => "That message was changed while it was being sent.",
        RefusalCode::TooFast => "That was a little fast. Wait a moment and try again.",
        RefusalCode::Busy => "The server is very busy. Try again in a moment.",
        RefusalCode::UnknownFrame | RefusalCode::UnknownForm | RefusalCode::Unknown => {
            "The server did not understand that. Reload the page and try again."
        }
        RefusalCode::ForeignOrigin => "That request came from another site and was not accepted.",
        RefusalCode::Internal => "Something failed on the server. Try again in a moment.",
    }
}
