//! Two ways to have a crowd told: always so many at once, or evenly whatever happens.

use super::{
    super::{child::Child, crowd::Crowd, length::scaled},
    talkers::Talker,
};
use hdrhistogram::Histogram;
use std::time::{Duration, Instant};

/// How something behaved, over one flight or several.
#[derive(Clone, Copy, Default)]
pub struct Flight {
    messages: u64,
    /// Messages times readers.
    deliveries: u64,
    /// Of the server.
    spent: Duration,
    lasted: Duration,
    /// How long the load had nothing to do.
    idle: Duration,
}

impl Flight {
    /// Messages a second.
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.lasted.as_secs_f64()
    }

    /// Of the server, for one message to one reader.
    pub fn cpu(&self) -> Duration {
        self.spent.div_f64(self.deliveries as f64)
    }

    /// How much of its time the load had something to do.
    pub fn load(&self) -> f64 {
        1.0 - self.idle.as_secs_f64() / self.lasted.as_secs_f64()
    }

    /// Goes on with another one.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.deliveries += other.deliveries;
        self.spent += other.spent;
        self.lasted += other.lasted;
        self.idle += other.idle;
    }
}

/// Somebody under measure: a crowd around a server, and whoever talks to it.
pub struct Party<T> {
    pub child: Child,
    pub crowd: Crowd,
    pub talker: T,
    /// Of each message.
    pub readers: usize,
    /// Messages so far.
    pub said: u64,
}

impl<T: Talker> Party<T> {
    /// Nobody has said anything.
    pub fn new(child: Child, crowd: Crowd, talker: T, readers: usize) -> Self {
        Self {
            child,
            crowd,
            talker,
            readers,
            said: 0,
        }
    }

    /// Keeps so many messages on their way for a while.
    pub fn fly(&mut self, in_flight: u64) -> Flight {
        let Self {
            child,
            crowd,
            talker,
            readers,
            said,
        } = self;
        let readers = *readers as u64;
        let lasts = scaled(Duration::from_millis(200), Duration::from_secs(1));
        let (base, first) = (crowd.heard, *said);
        let mut say = |crowd: &mut Crowd| {
            talker.say(crowd, *said);
            *said += 1;
            *said - first
        };
        let began = Instant::now();
        let (cpu, idle) = (child.cpu(), crowd.idle);
        let mut count = 0;
        // As a test it ends before anybody says more than people may.
        let most = scaled(readers / 2, u64::MAX);
        while began.elapsed() < lasts && count < most {
            while count < (crowd.heard - base) / readers + in_flight {
                count = say(crowd);
            }
            crowd.hear(base + (count - in_flight + 1) * readers);
        }
        // In whole writes.
        while !count.is_multiple_of(in_flight) {
            count = say(crowd);
        }
        crowd.hear(base + count * readers);
        Flight {
            messages: count,
            deliveries: count * readers,
            spent: child.cpu() - cpu,
            lasted: began.elapsed(),
            idle: crowd.idle - idle,
        }
    }

    /// Says so many a second for a while, evenly, and measures how late each is heard by each:
    /// from the moment at which it was meant to be said. What was meant and not said in time is
    /// late, too. All but one in a hundred were not as late as this.
    pub fn p99(&mut self, rate: f64, lasts: Duration) -> Duration {
        let Self {
            crowd,
            talker,
            readers,
            said,
            ..
        } = self;
        let every = Duration::from_secs_f64(1.0 / rate);
        let first = *said;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Some thousands.
        let count = (lasts.as_secs_f64() * rate).ceil() as u32;
        let mut late: Histogram<u64> = Histogram::new(3).unwrap();
        let all = crowd.heard + u64::from(count) * *readers as u64;
        let (mut next, began) = (0, Instant::now());
        while crowd.heard < all {
            while next < count && began.elapsed() >= every * next {
                talker.say(crowd, *said);
                (*said, next) = (*said + 1, next + 1);
            }
            crowd.look(Duration::ZERO, &mut |number| {
                let meant = every * u32::try_from(number - first).unwrap();
                let by = began.elapsed().saturating_sub(meant).as_nanos();
                late.record(u64::try_from(by).unwrap()).unwrap();
            });
        }
        Duration::from_nanos(late.value_at_quantile(0.99))
    }
}
