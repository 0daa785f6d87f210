//! Logs. Never a message body, never a token, never an address of a request's body.

use super::config::{Config, LogFormat};
use tracing_subscriber::{EnvFilter, filter::ParseError};

/// Starts logging to standard error.
///
/// # Errors
/// When the filter is none.
pub fn start(config: &Config) -> Result<(), ParseError> {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log)?)
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}
