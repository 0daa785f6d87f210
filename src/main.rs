//! The executable: reads the settings, starts the logs, serves until it is told to stop; or
//! does what else a host asks for.

/// Gives back what a crowd needed once it has gone, and is quicker meanwhile.
#[cfg(feature = "ssr")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    use clap::Parser;
    use std::process::ExitCode;

    let config = hubbub::server::config::Config::parse();
    if let Some(command) = &config.command {
        return hubbub::server::upkeep::run(command, &config.data);
    }
    if let Err(error) = hubbub::server::telemetry::start(&config) {
        eprintln!("hubbub: --log: {error}");
        return ExitCode::FAILURE;
    }
    match serve(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hubbub: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "ssr")]
#[tokio::main]
async fn serve(config: hubbub::server::config::Config) -> Result<(), Box<dyn std::error::Error>> {
    use hubbub::{
        protocol::limits::LISTEN_BACKLOG,
        server::{self, App},
    };

    let listener = server::accept::listen(config.addr, LISTEN_BACKLOG)
        .map_err(|error| format!("cannot listen on {}: {error}", config.addr))?;
    let shutdown = told_to_stop()?;
    let local = format!("http://{}", listener.local_addr()?);
    let place = config
        .public_url
        .as_ref()
        .map_or(local, ToString::to_string);
    let (name, folder) = (config.name.clone(), config.data.display().to_string());
    let app = App::open(config).await?;
    println!("{name} is at {place} (everything is kept in {folder})");
    server::serve(listener, app, shutdown).await;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
#[cfg(all(feature = "ssr", unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(all(feature = "ssr", not(unix)))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a signal to wait for we serve until the process is ended.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// The browser's build compiles this target too; it has nothing to run.
#[cfg(not(feature = "ssr"))]
fn main() {}
