//! What a client sends along, as the body of a request to a back end.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use super::{Body, Receiver};
use crate::model::{Error, ErrorKind};

/// What a client sends along with one operation, on its way to the back end.
///
/// **Invariant:** its last piece is given only when the client has said that it was the last, and the length is the one
/// that was announced: until then the back end cannot take for whole what is not.
pub(super) struct Upload<'a> {
    receiver: &'a mut dyn Receiver,
    length: Option<u64>,
    taken: u64,
    /// What came before it is known whether there is more.
    held: Option<Bytes>,
    through: bool,
    waited: Duration,
}

impl<'a> Upload<'a> {
    /// What `receiver` gives, `length` bytes if that is known.
    pub(super) fn new(receiver: &'a mut dyn Receiver, length: Option<u64>) -> Self {
        Upload { receiver, length, taken: 0, held: None, through: false, waited: Duration::ZERO }
    }

    /// How many bytes were taken from the client.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether the client has sent everything.
    pub(super) fn is_through(&self) -> bool {
        self.through
    }

    /// How long the client was waited for.
    pub(super) fn waited(&self) -> Duration {
        self.waited
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, Error> {
        let asked = Instant::now();
        let received = self.receiver.body().await;
        self.waited += asked.elapsed();
        received
    }

    /// Takes note of what came; at the end, none.
    fn count(&mut self, came: Option<usize>) -> Result<(), Error> {
        self.taken += came.unwrap_or_default() as u64;
        let is_wrong = |length| self.taken > length || (came.is_none() && self.taken < length);
        match self.length.filter(|length| is_wrong(*length)) {
            None => Ok(()),
            Some(length) => {
                let message = format!("the content has not the {length} bytes that were announced");
                Err(Error::new(ErrorKind::Invalid, message))
            }
        }
    }
}

#[async_trait]
impl Body for Upload<'_> {
    fn length(&self) -> Option<u64> {
        self.length
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while !self.through {
            let piece = self.receive().await?;
            self.count(piece.as_ref().map(Bytes::len))?;
            match piece {
                None => self.through = true,
                Some(piece) if piece.is_empty() => {}
                Some(piece) => {
                    if let Some(held) = self.held.replace(piece) {
                        return Ok(Some(held));
                    }
                }
            }
        }
        Ok(self.held.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Flow, Resource, Sink};

    /// A client that sends these pieces, and then leaves or has sent everything.
    struct Client {
        pieces: Vec<&'static str>,
        leaves: bool,
    }

    impl Sink for Client {
        fn put(&mut self, _: &Resource<'_>) -> Result<Flow, Error> {
            Ok(Flow::More)
        }
    }

    #[async_trait]
    impl Receiver for Client {
        async fn flush(&mut self) -> Result<(), Error> {
            Ok(())
        }

        fn has_begun(&self) -> bool {
            false
        }

        async fn body(&mut self) -> Result<Option<Bytes>, Error> {
            match (self.pieces.is_empty(), self.leaves) {
                (true, true) => Err(Error::new(ErrorKind::Invalid, "gone")),
                (true, false) => Ok(None),
                (false, _) => Ok(Some(Bytes::from_static(self.pieces.remove(0).as_bytes()))),
            }
        }
    }

    /// What was given before the end or the failure.
    async fn given(
        pieces: &[&'static str],
        leaves: bool,
        length: Option<u64>,
    ) -> (Vec<String>, Result<(), ErrorKind>) {
        let mut client = Client { pieces: pieces.to_vec(), leaves };
        let mut upload = Upload::new(&mut client, length);
        let mut given = Vec::new();
        loop {
            match upload.next().await {
                Ok(Some(piece)) => given.push(String::from_utf8(piece.to_vec()).unwrap()),
                Ok(None) => {
                    assert!(upload.is_through() && upload.next().await.unwrap().is_none());
                    return (given, Ok(()));
                }
                Err(error) => return (given, Err(error.kind())),
            }
        }
    }

    #[tokio::test]
    async fn everything_is_given_and_no_piece_is_empty() {
        for length in [None, Some(3)] {
            let expected = (vec!["a".to_owned(), "bc".to_owned()], Ok(()));
            assert_eq!(given(&["", "a", "", "bc", ""], false, length).await, expected);
        }
        assert_eq!(given(&[], false, Some(0)).await, (vec![], Ok(())));
    }

    #[tokio::test]
    async fn the_last_piece_is_held_back_until_it_is_known_to_be_the_last() {
        let (first, invalid) = (vec!["a".to_owned()], Err(ErrorKind::Invalid));
        assert_eq!(given(&["a", "bc"], true, Some(3)).await, (first.clone(), invalid));
        assert_eq!(given(&["a", "bc"], true, None).await, (first.clone(), invalid));
        assert_eq!(given(&["a", "bc"], false, Some(4)).await, (first.clone(), invalid));
        assert_eq!(given(&["a", "bc", "d"], false, Some(3)).await, (first, invalid));
    }
}
