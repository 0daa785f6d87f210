//! Logs. Never what people wrote, never a token.

use super::config::{Config, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, filter::ParseError};

/// Starts logging to standard error.
///
/// # Errors
/// When the filter is none.
pub fn start(config: &Config) -> Result<(), ParseError> {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log)?)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}
