//! The stream of an accepted connection.

use crate::server::places::Place;
use std::{
    io,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// A stream that gives up on a client which takes nothing, and that holds its place for as
/// long as it is open. An upgrade hands it on, so a socket keeps the place of its request.
pub(in crate::server) struct ClientStream<S> {
    stream: S,
    patience: Duration,
    /// Runs while the client takes nothing of what we write.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Behind `stream`: it is free when the file is closed, and not before.
    place: Place<IpAddr>,
}

impl<S> ClientStream<S> {
    /// Writing fails when nothing of it was taken for `patience`.
    pub(super) fn new(stream: S, patience: Duration, place: Place<IpAddr>) -> Self {
        Self {
            stream,
            patience,
            stalled: None,
            place,
        }
    }

    /// The stream itself, for somebody with a patience of their own, and its place.
    pub(in crate::server) fn into_parts(self) -> (S, Place<IpAddr>) {
        (self.stream, self.place)
    }

    fn or_give_up<T>(
        &mut self,
        context: &mut Context<'_>,
        tried: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if tried.is_ready() {
            self.stalled = None;
            return tried;
        }
        let patience = self.patience;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        let over = stalled.as_mut().poll(context);
        over.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ClientStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ClientStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.or_give_up(context, tried)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.or_give_up(context, tried)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tried = Pin::new(&mut self.stream).poll_flush(context);
        self.or_give_up(context, tried)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tried = Pin::new(&mut self.stream).poll_shutdown(context);
        self.or_give_up(context, tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::places::Places;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    const PATIENCE: Duration = Duration::from_millis(200);

    /// A stream that holds the one place, and the client's end, which has room for a byte.
    fn open() -> (
        Arc<Places<IpAddr>>,
        ClientStream<DuplexStream>,
        DuplexStream,
    ) {
        let (ours, theirs) = duplex(1);
        let places = Places::new(1, 1);
        let place = places.take(None).unwrap();
        let stream = ClientStream::new(ours, PATIENCE, place);
        (places, stream, theirs)
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_given_up() {
        let (_, mut stream, _client) = open();
        let error = stream.write_all(b"two").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_takes_a_little_at_a_time_gets_everything() {
        let (_, mut stream, mut client) = open();
        // Altogether longer than our patience.
        let slow = tokio::spawn(async move {
            for _ in 0..6 {
                sleep(PATIENCE / 4).await;
                client.read_u8().await.unwrap();
            }
        });
        stream.write_all(b"sliced").await.unwrap();
        slow.await.unwrap();
    }

    #[tokio::test]
    async fn a_place_is_free_when_its_stream_is_closed() {
        let (places, stream, _client) = open();
        assert!(places.take(None).is_none());
        drop(stream);
        assert!(places.take(None).is_some());
    }
}
