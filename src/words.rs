//! Every text for people, in one place: ready for translation, and where its voice is kept.
//! Plain, short, kind; sentence case; what happened and what helps.

mod labels;

pub use labels::*;

use crate::protocol::RefusalCode;

/// What a refusal says.
#[must_use]
pub fn refusal(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::NameEmpty | RefusalCode::RoomNameEmpty => {
            "Please enter a name with at least one letter or digit."
        }
        RefusalCode::NameTooLong => "That name is too long. Use at most 32 letters.",
        RefusalCode::NameCharacters => {
            "That name has characters that can't be used. Letters, digits, spaces and simple \
             punctuation work."
        }
        RefusalCode::NameTaken => "Somebody here has that name, or one that looks like it.",
        RefusalCode::MessageEmpty => "There is nothing to send yet.",
        RefusalCode::MessageTooLong => "That message is too long. Shorten it or send it in parts.",
        RefusalCode::MessageCharacters => "That message has invisible control characters.",
        RefusalCode::RoomNameTooLong => "That name is too long. Use at most 40 letters.",
        RefusalCode::RoomTaken => "There is a room with that name already.",
        RefusalCode::TooManyRooms => "This place has as many rooms as it can hold.",
        RefusalCode::TopicTooLong => "That topic is too long. Use at most 200 letters.",
        RefusalCode::LineCharacters => "Please keep it to one line without control characters.",
        RefusalCode::EmailInvalid => "That does not look like an e-mail address.",
        RefusalCode::NoSuchRoom => "There is no such room.",
        RefusalCode::NoSuchMessage => "There is no such message.",
        RefusalCode::NotYours => "Only who wrote a message can change it.",
        RefusalCode::MessageDeleted => "The message was deleted.",
        RefusalCode::EmojiUnknown => "Please choose one emoji.",
        RefusalCode::TooManyReactions => "There are 20 different emoji under it already.",
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

/// Why a message was not sent.
#[must_use]
pub fn not_sent(code: RefusalCode) -> String {
    format!("Not sent. {}", refusal(code))
}

/// Why something was not done to a message.
#[must_use]
pub fn not_done(code: RefusalCode) -> String {
    format!("Not done. {}", refusal(code))
}

/// "Ada, Bo and 3 others": who stands behind a count of people.
#[must_use]
pub fn who(names: &[String], count: u32) -> String {
    let others = (count as usize).saturating_sub(names.len());
    let (last, before) = match names.split_last() {
        Some(split) => split,
        None => return String::new(),
    };
    match (before.is_empty(), others) {
        (true, 0) => last.clone(),
        (false, 0) => format!("{} and {last}", before.join(", ")),
        (_, some) => format!("{} and {some} more", names.join(", ")),
    }
}

/// The name of the list of messages, for screen readers.
#[must_use]
pub fn messages_in(room: &str) -> String {
    format!("Messages in {room}")
}

/// The hint in an empty composer.
#[must_use]
pub fn message_to(room: &str) -> String {
    format!("Message #{room}")
}

/// The name of a room page in the browser's tab.
#[must_use]
pub fn room_title(unread: usize, room: &str, place: &str) -> String {
    match unread {
        0 => format!("#{room} \u{b7} {place}"),
        some => format!("({}) #{room} \u{b7} {place}", count(some)),
    }
}

/// The name of another page in the browser's tab.
#[must_use]
pub fn page_title(page: &str, place: &str) -> String {
    format!("{page} \u{b7} {place}")
}

/// A count that stays small: above 99 it is "99+".
#[must_use]
pub fn count(number: usize) -> String {
    if number > 99 {
        "99+".to_owned()
    } else {
        number.to_string()
    }
}

/// The count of people in a room.
#[must_use]
pub fn people_here(count: u32) -> String {
    if count == 1 {
        "1 person here".to_owned()
    } else {
        format!("{count} people here")
    }
}

/// How many members a room has.
#[must_use]
pub fn members(count: u32) -> String {
    if count == 1 {
        "1 member".to_owned()
    } else {
        format!("{count} members")
    }
}

/// The end of a list that is longer than what is shown.
#[must_use]
pub fn and_more(count: u32) -> String {
    format!("and {count} more")
}

/// The button that jumps to what is new.
#[must_use]
pub fn new_messages(number: usize) -> String {
    if number == 1 {
        "1 new message".to_owned()
    } else {
        format!("{} new messages", count(number))
    }
}

/// Behind the line about a lost connection: when the next try comes.
#[must_use]
pub fn in_seconds(seconds: u32) -> String {
    format!(" Next try in {seconds} s.")
}

/// What remains beside the composer.
#[must_use]
pub fn letters_left(left: i64) -> String {
    if left >= 0 {
        format!("{left} left")
    } else {
        format!("{} too many", -left)
    }
}

/// A piece of a sentence about people: their names need marking up, the rest does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<T> {
    /// Somebody's name.
    Who(T),
    /// The words between.
    Words(String),
}

/// "Ada, Bo and 3 others joined".
#[must_use]
pub fn did<T: Clone>(who: &[T], verb: &str) -> Vec<Piece<T>> {
    /// Named one by one up to here.
    const NAMED: usize = 3;
    let (named, others) = if who.len() > NAMED {
        (2, who.len() - 2)
    } else {
        (who.len(), 0)
    };
    let mut pieces = Vec::new();
    for (index, person) in who[..named].iter().enumerate() {
        let last = index + 1 == named && others == 0;
        match index {
            0 => {}
            _ if last => pieces.push(Piece::Words(" and ".to_owned())),
            _ => pieces.push(Piece::Words(", ".to_owned())),
        }
        pieces.push(Piece::Who(person.clone()));
    }
    let others = if others > 0 {
        format!(" and {others} others")
    } else {
        String::new()
    };
    pieces.push(Piece::Words(format!("{others} {verb}")));
    pieces
}

/// "Ada is typing", "Ada and Bo are typing"; a crowd is not named.
#[must_use]
pub fn typing<T: Clone>(who: &[T]) -> Vec<Piece<T>> {
    match who.len() {
        0 => Vec::new(),
        1 => did(who, "is typing"),
        2 | 3 => did(who, "are typing"),
        _ => vec![Piece::Words("Several people are typing".to_owned())],
    }
}

/// "14:05" of local milliseconds since 1970.
#[must_use]
pub fn time(local: i64) -> String {
    let minutes = local.div_euclid(60_000);
    format!(
        "{:02}:{:02}",
        minutes.div_euclid(60).rem_euclid(24),
        minutes.rem_euclid(60)
    )
}

/// "Sunday 22 November 2026, 14:05" of local milliseconds since 1970.
#[must_use]
pub fn full(local: i64) -> String {
    format!("{}, {}", date(local.div_euclid(DAY)), time(local))
}

/// "Today", "Yesterday", or the date.
#[must_use]
pub fn day(day: i64, today: i64) -> String {
    match today - day {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ => date(day),
    }
}

/// "2026-11-22T14:05:00.000Z" of milliseconds since 1970.
#[must_use]
pub fn iso(utc: i64) -> String {
    let (year, month, day) = civil(utc.div_euclid(DAY));
    let rest = utc.rem_euclid(DAY);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1_000 % 60, rest % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// "2026-11-22" of days since 1970.
#[must_use]
pub fn iso_day(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

const DAY: i64 = 24 * 60 * 60 * 1000;

fn date(day: i64) -> String {
    const WEEKDAYS: [&str; 7] = [
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
    ];
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, of_month) = civil(day);
    let weekday = usize::try_from(day.rem_euclid(7)).map_or("", |index| WEEKDAYS[index]);
    let month = usize::try_from(month - 1).map_or("", |index| MONTHS[index]);
    format!("{weekday} {of_month} {month} {year}")
}

/// Year, month and day of days since 1970 in the Gregorian calendar: Howard Hinnant's
/// `civil_from_days`, <https://howardhinnant.github.io/date_algorithms.html>.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096).div_euclid(365);
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (
        year_of_era + era * 400 + i64::from(month <= 2),
        month,
        of_month,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pieces: &[Piece<&str>]) -> String {
        let word = |piece: &Piece<&str>| match piece {
            Piece::Who(name) => (*name).to_owned(),
            Piece::Words(words) => words.clone(),
        };
        pieces.iter().map(word).collect()
    }

    #[test]
    fn people_are_named_until_they_are_a_crowd() {
        assert_eq!(said(&did(&["Ada"], "joined")), "Ada joined");
        assert_eq!(said(&did(&["Ada", "Bo"], "joined")), "Ada and Bo joined");
        assert_eq!(
            said(&did(&["Ada", "Bo", "Cy"], "left")),
            "Ada, Bo and Cy left"
        );
        let five = ["Ada", "Bo", "Cy", "Di", "Ed"];
        assert_eq!(said(&did(&five, "joined")), "Ada, Bo and 3 others joined");
        assert_eq!(said(&typing(&["Ada"])), "Ada is typing");
        assert_eq!(said(&typing(&five)), "Several people are typing");
    }

    #[test]
    fn a_count_of_people_has_names() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(who(&names(&["Ada"]), 1), "Ada");
        assert_eq!(who(&names(&["Ada", "Bo", "Cy"]), 3), "Ada, Bo and Cy");
        assert_eq!(who(&names(&["Ada", "Bo"]), 5), "Ada, Bo and 3 more");
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999Z");
        let local = 1_795_356_300_000;
        assert_eq!(iso(local), "2026-11-22T14:05:00.000Z");
        assert_eq!(full(local), "Sunday 22 November 2026, 14:05");
        assert_eq!(iso_day(local / DAY), "2026-11-22");
    }

    #[test]
    fn days_near_now_have_words() {
        assert_eq!(day(20_779, 20_779), "Today");
        assert_eq!(day(20_778, 20_779), "Yesterday");
        assert_eq!(day(20_779, 20_781), "Sunday 22 November 2026");
    }
}
