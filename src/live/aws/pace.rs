//! Route 53 allows five requests a second for a whole account (Route 53 quotas, "Maximums on API requests"), shared
//! with everything else that works on it. Asking faster and being throttled costs more time than keeping the pace.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A token bucket: `burst` requests at once, then one every `interval`.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    burst: u32,
    /// When the bucket will be full again.
    full_at: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(per_second: u32, burst: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / per_second.max(1),
            burst: burst.max(1),
            full_at: Mutex::new(None),
        }
    }

    /// Returns when the next request may go out.
    pub(super) async fn turn(&self) {
        let wait = self.reserve(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes one token at `now`; how long to wait before it may be used.
    fn reserve(&self, now: Instant) -> Duration {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let next = full_at.map_or(now, |at| at.max(now)) + self.interval;
        *full_at = Some(next);
        (next - now).saturating_sub(self.interval * self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_the_rest_keeps_the_pace() {
        let pace = Pace::new(5, 5);
        let start = Instant::now();
        let waits: Vec<u128> = (0..8).map(|_| pace.reserve(start).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 200, 400, 600]);
    }

    #[test]
    fn tokens_come_back_with_time_up_to_the_burst() {
        let pace = Pace::new(5, 2);
        let start = Instant::now();
        for _ in 0..4 {
            pace.reserve(start);
        }
        let later = start + Duration::from_secs(60);
        let waits: Vec<u128> = (0..3).map(|_| pace.reserve(later).as_millis()).collect();
        assert_eq!(waits, [0, 0, 200]);
    }
}
