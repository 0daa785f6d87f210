//! The runtime of a simulation: it belongs to the thread that runs it, and does nothing
//! until it is told to. Whoever drives it chooses which task goes on, which blocking work is
//! done and when time passes; so the same choices always give the same run.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};
use tokio::{sync::oneshot, time::Instant};

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;
type Job = Box<dyn FnOnce() + Send>;

thread_local! {
    static RUNNING: RefCell<Option<Simulated>> = const { RefCell::new(None) };
}

/// Tasks that may go on.
type Ready = Arc<Mutex<BTreeSet<u64>>>;

struct Simulated {
    now: Instant,
    /// By when they are due, and then as they were made.
    timers: BTreeMap<(Instant, u64), Waker>,
    /// Nothing in place of the task that is going on right now.
    tasks: BTreeMap<u64, Option<Task>>,
    ready: Ready,
    jobs: Vec<Job>,
    /// Counts tasks and timers.
    next: u64,
}

/// Puts a simulation's runtime in place on this thread until it is dropped.
pub(crate) struct Running(());

impl Running {
    pub(crate) fn start() -> Self {
        let fresh = Simulated {
            now: Instant::now(),
            timers: BTreeMap::new(),
            tasks: BTreeMap::new(),
            ready: Ready::default(),
            jobs: Vec::new(),
            next: 0,
        };
        RUNNING.set(Some(fresh));
        Self(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop_everything();
        RUNNING.set(None);
    }
}

fn with<T>(use_it: impl FnOnce(&mut Simulated) -> T) -> T {
    RUNNING.with_borrow_mut(|running| use_it(running.as_mut().expect("a simulation runs")))
}

pub(crate) fn is_running() -> bool {
    RUNNING.with_borrow(Option::is_some)
}

pub(crate) fn now() -> Option<Instant> {
    RUNNING.with_borrow(|running| running.as_ref().map(|running| running.now))
}

/// The tasks that may go on, in the order in which they were spawned.
pub(crate) fn ready() -> Vec<u64> {
    with(|running| {
        let ready = running.ready.lock().expect("nobody panics with it");
        ready.iter().copied().collect()
    })
}

/// Lets a task go on until it waits again.
pub(crate) fn go_on(id: u64) {
    let (task, ready) = with(|running| {
        let ready = running.ready.clone();
        ready.lock().expect("nobody panics with it").remove(&id);
        (running.tasks.get_mut(&id).and_then(Option::take), ready)
    });
    let Some(mut task) = task else { return };
    let waker = Waker::from(Arc::new(WakeTask { id, ready }));
    let polled = task.as_mut().poll(&mut Context::from_waker(&waker));
    let over = with(|running| match polled {
        Poll::Ready(()) => {
            running.tasks.remove(&id);
            Some(task)
        }
        Poll::Pending => match running.tasks.get_mut(&id) {
            Some(place) => {
                *place = Some(task);
                None
            }
            None => Some(task),
        },
    });
    // What it holds may use the runtime when it goes.
    drop(over);
}

/// How many pieces of blocking work wait.
pub(crate) fn jobs() -> usize {
    with(|running| running.jobs.len())
}

/// Does one of them.
pub(crate) fn do_job(number: usize) {
    let job = with(|running| running.jobs.swap_remove(number));
    job();
}

/// When the next timer is due.
pub(crate) fn next_timer() -> Option<Instant> {
    with(|running| running.timers.keys().next().map(|(due, _)| *due))
}

/// Lets time pass; who waited for it may go on.
pub(crate) fn pass(time: Duration) {
    let due = with(|running| {
        running.now += time;
        let later = running.timers.split_off(&(running.now, u64::MAX));
        std::mem::replace(&mut running.timers, later)
    });
    due.into_values().for_each(Waker::wake);
}

/// Everything that goes on stops where it is, as when a process is killed.
pub(crate) fn stop_everything() {
    let (tasks, jobs) = with(|running| {
        running.ready.lock().expect("nobody panics with it").clear();
        (
            std::mem::take(&mut running.tasks),
            std::mem::take(&mut running.jobs),
        )
    });
    drop((tasks, jobs));
    // What the tasks spawned and set while they went.
    let late = with(|running| {
        running.ready.lock().expect("nobody panics with it").clear();
        running.timers.clear();
        (
            std::mem::take(&mut running.tasks),
            std::mem::take(&mut running.jobs),
        )
    });
    drop(late);
}

/// Whether everything that was spawned is over.
pub(crate) fn is_idle() -> bool {
    with(|running| running.tasks.is_empty())
}

pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    if shuttle::current::try_get_current_task().is_some() {
        return spawn_shuttled(task);
    }
    with(|running| {
        let id = running.next;
        running.next += 1;
        running.tasks.insert(id, Some(Box::pin(task)));
        let mut ready = running.ready.lock().expect("nobody panics with it");
        ready.insert(id);
    });
}

/// In a run of shuttle, time and timers are ours, but shuttle chooses who goes on.
fn spawn_shuttled(task: impl Future<Output = ()> + Send + 'static) {
    let id = with(|running| {
        running.next += 1;
        running.tasks.insert(running.next, None);
        running.next
    });
    let place = Place(id);
    shuttle::future::spawn(async move {
        task.await;
        drop(place);
    });
}

/// Of a task that somebody else polls.
struct Place(u64);

impl Drop for Place {
    fn drop(&mut self) {
        if is_running() {
            with(|running| running.tasks.remove(&self.0));
        }
    }
}

pub(super) async fn blocking<T, W>(work: W) -> T
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job = Box::new(move || {
        // Whoever asked may have gone.
        let _ = reply.send(work());
    });
    with(|running| running.jobs.push(job));
    match answer.await {
        Ok(done) => done,
        // The process was killed meanwhile.
        Err(_) => std::future::pending().await,
    }
}

pub(super) fn sleep_until(due: Instant) -> Option<Sleep> {
    is_running().then_some(Sleep { due, number: None })
}

/// A timer.
pub(super) struct Sleep {
    due: Instant,
    number: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        with(|running| {
            if running.now >= self.due {
                return Poll::Ready(());
            }
            let number = *self.number.get_or_insert_with(|| {
                running.next += 1;
                running.next
            });
            let waker = context.waker().clone();
            running.timers.insert((self.due, number), waker);
            Poll::Pending
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number
            && is_running()
        {
            with(|running| running.timers.remove(&(self.due, number)));
        }
    }
}

struct WakeTask {
    id: u64,
    ready: Ready,
}

impl Wake for WakeTask {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().expect("nobody panics with it");
        ready.insert(self.id);
    }
}
