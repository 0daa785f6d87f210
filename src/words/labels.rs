//! Labels and sentences that never change.

/// What search engines and link previews say of a page.
pub const DESCRIPTION: &str = "A place to talk. Open the page, choose a name, talk.";
/// "Rooms".
pub const ROOMS: &str = "Rooms";
/// "New room".
pub const NEW_ROOM: &str = "New room";
/// "All rooms".
pub const ALL_ROOMS: &str = "All rooms";
/// "Close rooms".
pub const CLOSE_ROOMS: &str = "Close rooms";
/// "Open rooms".
pub const OPEN_ROOMS: &str = "Open rooms";
/// Every public room in this place. Walk into any of ...
pub const ROOMS_LEAD: &str =
    "Every public room in this place. Walk into any of them; leave when you like.";
/// "Open a new room".
pub const OPEN_NEW_ROOM: &str = "Open a new room";
/// "Open room".
pub const OPEN_ROOM: &str = "Open room";
/// "Short is good: “choir”, “film night”.".
pub const ROOM_NAME_HINT: &str = "Short is good: “choir”, “film night”.";
/// "One line about what it is for. You can leave this empty.".
pub const ROOM_TOPIC_HINT: &str = "One line about what it is for. You can leave this empty.";
/// "To open a room, say who you are first.".
pub const NAME_BEFORE_ROOM: &str = "To open a room, say who you are first.";
/// "Room menu".
pub const ROOM_MENU: &str = "Room menu";
/// "Leave room".
pub const LEAVE_ROOM: &str = "Leave room";
/// "Topic".
pub const TOPIC: &str = "Topic";
/// "Add a topic".
pub const ADD_TOPIC: &str = "Add a topic";
/// "Save topic".
pub const SAVE_TOPIC: &str = "Save topic";
/// "Name".
pub const NAME: &str = "Name";
/// "You".
pub const YOU: &str = "You";
/// "you".
pub const YOU_MARK: &str = "you";
/// "Change name".
pub const CHANGE_NAME: &str = "Change name";
/// "What should people call you?".
pub const WHAT_NAME: &str = "What should people call you?";
/// "Join".
pub const JOIN: &str = "Join";
/// "Choose a name".
pub const CHOOSE_NAME: &str = "Choose a name";
/// "What you have already said takes the new name.".
pub const RENAME_HINT: &str = "What you have already said takes the new name.";
/// "Save name".
pub const SAVE_NAME: &str = "Save name";
/// "Saved. People see you as".
pub const SAVED_AS: &str = "Saved. People see you as";
/// "Nobody knows you here yet.".
pub const NO_NAME_YET: &str = "Nobody knows you here yet.";
/// "Picture".
pub const PICTURE: &str = "Picture";
/// Drawn here, for you alone. Nothing is asked of any...
pub const PICTURE_LOCAL: &str =
    "Drawn here, for you alone. Nothing is asked of anybody else for it.";
/// Drawn here, for you alone. If you give an e-mail a...
pub const PICTURE_GRAVATAR: &str = "Drawn here, for you alone. If you give an e-mail address, your Gravatar is shown instead: everybody who sees you asks gravatar.com for it.";
/// "E-mail for Gravatar".
pub const EMAIL: &str = "E-mail for Gravatar";
/// Only its fingerprint is kept. Leave it empty to ke...
pub const EMAIL_HINT: &str =
    "Only its fingerprint is kept. Leave it empty to keep things as they are.";
/// "Sign out".
pub const SIGN_OUT: &str = "Sign out";
/// This browser forgets you. Your name becomes free f...
pub const SIGN_OUT_LEAD: &str =
    "This browser forgets you. Your name becomes free for others; what you said stays.";
/// What is asked before somebody signs out with words that are not sent.
pub const SIGN_OUT_UNSENT: &str = "Some of your words are not sent yet. Sign out and lose them?";
/// "People here".
pub const PEOPLE_HERE: &str = "People here";
/// "Close people".
pub const CLOSE_PEOPLE: &str = "Close people";
/// Somebody whose name is not known here.
pub const SOMEBODY: &str = "Somebody";
/// "Connected".
pub const CONNECTED: &str = "Connected";
/// "Connecting".
pub const CONNECTING: &str = "Connecting";
/// A room that is on its way.
pub const OPENING: &str = "Opening the room \u{2026}";
/// "Reconnecting".
pub const RECONNECTING: &str = "Reconnecting";
/// "Offline".
pub const OFFLINE: &str = "Offline";
/// The line about a lost connection.
pub const RECONNECTING_LINE: &str = "Reconnecting. Your messages wait here.";
/// The placeholder of the one field.
pub const YOUR_NAME: &str = "Your name";
/// "Try now".
pub const TRY_NOW: &str = "Try now";
/// You are offline. You can read and write; messages ...
pub const YOU_ARE_OFFLINE: &str =
    "You are offline. You can read and write; messages are sent when you are back.";
/// "Skip to messages".
pub const SKIP_TO_MESSAGES: &str = "Skip to messages";
/// "Skip to content".
pub const SKIP_TO_CONTENT: &str = "Skip to content";
/// "Older messages".
pub const OLDER: &str = "Older messages";
/// "Newer messages".
pub const NEWER: &str = "Newer messages";
/// "Back to now".
pub const BACK_TO_NOW: &str = "Back to now";
/// Above the first unread message.
pub const NEW: &str = "New";
/// "This is where it began.".
pub const ROOM_START: &str = "This is where it began.";
/// "It is quiet in here".
pub const QUIET_HERE: &str = "It is quiet in here";
/// "Nobody has said anything in".
pub const NOBODY_SAID: &str = "Nobody has said anything in";
/// "yet. The first words are yours.".
pub const FIRST_WORDS: &str = "yet. The first words are yours.";
/// "Say hello".
pub const SAY_HELLO: &str = "Say hello";
/// "joined".
pub const JOINED: &str = "joined";
/// "left".
pub const LEFT: &str = "left";
/// "is now".
pub const IS_NOW: &str = " is now ";
/// "set the topic:".
pub const SET_TOPIC: &str = "set the topic: ";
/// "removed the topic".
pub const REMOVED_TOPIC: &str = "removed the topic";
/// "Message".
pub const MESSAGE: &str = "Message";
/// "Send".
pub const SEND: &str = "Send";
/// "Sending".
pub const SENDING: &str = "Sending";
/// "Retry".
pub const RETRY: &str = "Retry";
/// "Discard".
pub const DISCARD: &str = "Discard";
/// "Message actions".
pub const MESSAGE_ACTIONS: &str = "Message actions";
/// "Copy".
pub const COPY: &str = "Copy";
/// "Copied".
pub const COPIED: &str = "Copied";
/// "Copy text".
pub const COPY_TEXT: &str = "Copy text";
/// The label of code whose language is not said.
pub const CODE: &str = "code";
/// "Emoji".
pub const EMOJI: &str = "Emoji";
/// Behind a count, for screen readers.
pub const UNREAD: &str = " unread";
/// "Not found".
pub const NOT_FOUND: &str = "Not found";
/// "Nothing behind this door".
pub const NOTHING_HERE: &str = "Nothing behind this door";
/// The address may be mistyped, or what was here is g...
pub const NOTHING_HERE_TEXT: &str =
    "The address may be mistyped, or what was here is gone. The rooms are still open.";
/// "Go to #general".
pub const GO_TO_GENERAL: &str = "Go to #general";
/// "Something broke".
pub const FAILED: &str = "Something broke";
/// "Something broke on our side".
pub const BROKE: &str = "Something broke on our side";
/// If you were sending a message, go back and look wh...
pub const BROKE_TEXT: &str = "If you were sending a message, go back and look whether it is there. Whoever runs this place finds the details in the log.";
/// "Try again".
pub const TRY_AGAIN: &str = "Try again";
/// Under a form that got no answer.
pub const NO_ANSWER: &str = "The server did not answer. Check your connection and try again.";
/// In the place of a message that was deleted.
pub const MESSAGE_DELETED: &str = "Message deleted";
/// Behind a message that was edited.
pub const EDITED: &str = "edited";
/// "Edit".
pub const EDIT: &str = "Edit";
/// The name of the field in which a message is written anew.
pub const EDIT_MESSAGE: &str = "Edit message";
/// "Delete".
pub const DELETE: &str = "Delete";
/// Asked before a message is deleted.
pub const DELETE_THIS: &str = "Delete this message for everybody?";
/// The way back from that question.
pub const KEEP: &str = "Keep";
/// "Save".
pub const SAVE: &str = "Save";
/// "Cancel".
pub const CANCEL: &str = "Cancel";
/// "React".
pub const REACT: &str = "React";
/// The field that finds an emoji by its name.
pub const FIND_EMOJI: &str = "Find an emoji";
/// The button to what came while somebody read further up, when nobody counted it.
pub const NEW_MESSAGES: &str = "New messages";
/// A message by itself.
pub const ONE_MESSAGE: &str = "Message";
/// What a message said before, for its author.
pub const EARLIER: &str = "What it said before";
/// Who sees that.
pub const EARLIER_LEAD: &str = "Only you can see this.";
/// "Back to the room".
pub const BACK_TO_ROOM: &str = "Back to the room";
