//! What a host can set: by flag, by environment, or not at all.

use super::{address::parse_network, limits::Limits};
use clap::{Parser, Subcommand, ValueEnum, builder::FalseyValueParser};
use ipnet::IpNet;
use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

/// A chat that people host themselves: one program, its database inside, nothing lost.
///
/// Without any setting Hubbub serves on http://127.0.0.1:3000 and keeps everything in the
/// folder ./data. Every setting can be given as a flag or as an environment variable; the
/// flag wins.
#[derive(Clone, Debug, Parser)]
#[command(name = "hubbub", version, max_term_width = 96)]
pub struct Config {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Where to listen. Use 0.0.0.0:3000 to be reached from other machines
    #[arg(
        long,
        env = "HUBBUB_ADDR",
        default_value = "127.0.0.1:3000",
        value_name = "ADDRESS:PORT",
        hide_env_values = true
    )]
    pub addr: SocketAddr,

    /// The folder that holds everything. Made when missing
    #[arg(
        long,
        global = true,
        env = "HUBBUB_DATA",
        default_value = "./data",
        value_name = "FOLDER",
        hide_env_values = true
    )]
    pub data: PathBuf,

    /// Where people find the place, for example https://chat.example.org. Set it behind a
    /// reverse proxy: forms and sockets from any other address are then refused
    #[arg(
        long,
        env = "HUBBUB_PUBLIC_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub public_url: Option<PublicUrl>,

    /// Reverse proxies whose X-Forwarded-For, -Proto and -Host headers are believed:
    /// addresses or networks, separated by commas, for example 127.0.0.1,10.0.0.7. Name no
    /// network that people are in: they could pass for anybody
    #[arg(
        long,
        env = "HUBBUB_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ',',
        value_parser = parse_network,
        hide_env_values = true
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// What the place is called
    #[arg(
        long,
        env = "HUBBUB_NAME",
        default_value = "Hubbub",
        value_name = "NAME",
        value_parser = parse_name,
        hide_env_values = true
    )]
    pub name: String,

    /// Let people show their Gravatar picture. Browsers then ask gravatar.com for it: the
    /// only request that ever leaves for a third party
    #[arg(
        long,
        env = "HUBBUB_GRAVATAR",
        value_parser = FalseyValueParser::new(),
        hide_env_values = true
    )]
    pub gravatar: bool,

    /// How log lines look
    #[arg(
        long,
        env = "HUBBUB_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT",
        hide_env_values = true
    )]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug or trace, also by module
    /// (info,hubbub::server=debug)
    #[arg(
        long,
        env = "HUBBUB_LOG",
        default_value = "info",
        value_name = "FILTER",
        hide_env_values = true
    )]
    pub log: String,

    /// Say this once when you start with an older state of the folder that you put back by
    /// hand, such as a snapshot: the pages that people still have open then start again from
    /// what is in it. `hubbub restore` does it by itself
    #[arg(long)]
    pub restored: bool,

    /// Not a setting: tests lower a limit to stand at its edge.
    #[arg(skip)]
    pub limits: Limits,
}

/// What the executable does beside serving.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Look whether everything in the data folder is as it must be, also while a server runs
    ///
    /// Nothing is changed. Ends with 0 if nothing is wrong, with 1 if something is, and with 2
    /// if there was nothing that could be looked at.
    Verify {
        /// A backup to look at instead
        file: Option<PathBuf>,
    },
    /// Write everything into one file, also while a server runs
    ///
    /// The file holds all that was acknowledged before this began, and is looked at before it
    /// gets its name. A file that is there already is never overwritten.
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Put a backup into the data folder; the server must be stopped
    ///
    /// Pages that people still have open start again from what is in the backup.
    Restore {
        /// The backup
        file: PathBuf,
        /// Take the place of the database that is there. It is kept beside the new one
        #[arg(long)]
        replace: bool,
    },
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Scheme and host that people use, without a path: what a browser sends as `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether people reach us through TLS.
    pub https: bool,
    /// As browsers write it: lower case, without the default port.
    pub origin: String,
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is not like https://chat.example.org");
        let url: axum::http::Uri = text.parse().map_err(|_| wrong())?;
        let https = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = url.authority().ok_or_else(wrong)?;
        if authority.as_str().contains('@') {
            return Err(wrong());
        }
        if url.path() != "/" || url.query().is_some() {
            return Err("Hubbub lives at the root of its host; leave the path away".to_owned());
        }
        Ok(Self {
            https,
            origin: origin(https, authority.as_str()),
        })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// The origin of a scheme and a host as browsers write it (RFC 6454, section 6.2).
#[must_use]
pub fn origin(https: bool, host: &str) -> String {
    let host = host.to_ascii_lowercase();
    if https {
        format!("https://{}", host.strip_suffix(":443").unwrap_or(&host))
    } else {
        format!("http://{}", host.strip_suffix(":80").unwrap_or(&host))
    }
}

fn parse_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err("a name of one to sixty letters".to_owned());
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_is_needed() {
        let config = Config::parse_from(["hubbub"]);
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.name, "Hubbub");
        assert!(config.trusted_proxies.is_empty());
        assert!(!config.gravatar);
    }

    #[test]
    fn the_data_folder_can_be_said_before_and_behind_a_command() {
        for words in [
            ["hubbub", "--data", "/srv", "backup", "there"],
            ["hubbub", "backup", "there", "--data", "/srv"],
        ] {
            let config = Config::parse_from(words);
            assert_eq!(config.data, PathBuf::from("/srv"));
            let file = PathBuf::from("there");
            assert_eq!(config.command, Some(Command::Backup { file }));
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        let parse = |text: &str| text.parse::<PublicUrl>().map(|url| url.origin);
        assert_eq!(
            parse("https://Chat.Example.org:443/").unwrap(),
            "https://chat.example.org"
        );
        assert_eq!(parse("http://[::1]:3000").unwrap(), "http://[::1]:3000");
        assert_eq!(parse("http://a:80").unwrap(), "http://a");
        for wrong in [
            "chat.example.org",
            "ftp://a",
            "https://a/b",
            "https://u@a",
            "https://a?b",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn proxies_are_networks_or_addresses() {
        let config = Config::parse_from(["hubbub", "--trusted-proxies", "127.0.0.1,10.0.0.0/8"]);
        let written: Vec<_> = config
            .trusted_proxies
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(written, ["127.0.0.1/32", "10.0.0.0/8"]);
        assert!(Config::try_parse_from(["hubbub", "--trusted-proxies", "proxy"]).is_err());
    }
}
