//! A layer between SQLite and the system's files (a "VFS") that writes down what the disk
//! is asked, and can be the disk of somebody with bad luck.
//!
//! Reads, locks and shared memory go straight through. Syncs are only written down: what
//! would be left without them is made up from the trace, so nothing has to wait for a disk.
#![allow(
    unsafe_code,
    reason = "SQLite's interface for layers is C: functions that take pointers"
)]

use super::trace::{Drive, FileId, Recorder, Step};
use rusqlite::ffi::{
    self, SQLITE_OPEN_CREATE, SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_SUPER_JOURNAL, SQLITE_OPEN_WAL,
    sqlite3_file, sqlite3_filename, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
};
use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    mem, ptr, slice,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Makes a layer of its own, which lives as long as the process. Returns the name that
/// connections are opened with, and what it records.
pub(super) fn install() -> (&'static str, &'static Recorder) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("recording-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let layer: &'static Layer = Box::leak(Box::new(Layer {
        real: system(),
        recorder: Recorder::default(),
    }));
    // SAFETY: the system's layer lives for ever. The functions that are copied from it do
    // not look at the layer they are called with; those that do are replaced.
    let mut vfs = unsafe { *layer.real };
    vfs.szOsFile = c_int::try_from(mem::size_of::<Shim>()).unwrap();
    vfs.pNext = ptr::null_mut();
    vfs.zName = CString::new(name.as_str()).unwrap().into_raw();
    vfs.pAppData = ptr::from_ref(layer).cast_mut().cast();
    vfs.xOpen = Some(open);
    vfs.xDelete = Some(delete);
    // SAFETY: the layer is leaked, as it must live until it is unregistered, which is never.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0) };
    assert_eq!(registered, ffi::SQLITE_OK);
    (Box::leak(name.into_boxed_str()), &layer.recorder)
}

struct Layer {
    real: *mut sqlite3_vfs,
    recorder: Recorder,
}

/// What SQLite holds of an open file: room for this is given by SQLite.
#[repr(C)]
struct Shim {
    base: sqlite3_file,
    open: *mut Open,
}

struct Open {
    recorder: &'static Recorder,
    /// None for temporary files: nobody looks for them after a crash.
    file: Option<FileId>,
    /// The system's layer syncs the folder with the first sync of a log or journal.
    folder_due: bool,
    /// The system's file. In words, so that it lies as C wants it.
    real: Box<[u64]>,
}

impl Open {
    fn real(&mut self) -> *mut sqlite3_file {
        self.real.as_mut_ptr().cast()
    }
}

fn system() -> *mut sqlite3_vfs {
    // SAFETY: asks for the default layer, which registers itself at the first call.
    let found = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
    assert!(!found.is_null());
    found
}

/// The name of a file in its folder.
fn name(path: *const c_char) -> String {
    // SAFETY: SQLite gives paths that end with a zero and live through the call.
    let path = unsafe { CStr::from_ptr(path) }.to_str().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

unsafe fn layer(vfs: *mut sqlite3_vfs) -> &'static Layer {
    // SAFETY: `install` put it there and never takes it back.
    unsafe { &*(*vfs).pAppData.cast::<Layer>() }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    path: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls with a layer of ours and memory for a `Shim`; the system's file
    // gets memory of the size its layer asks for.
    unsafe {
        let layer = layer(vfs);
        let size = usize::try_from((*layer.real).szOsFile).unwrap();
        let mut open = Box::new(Open {
            recorder: &layer.recorder,
            file: None,
            folder_due: false,
            real: vec![0; size.div_ceil(8)].into(),
        });
        (*file).pMethods = ptr::null();
        let code = (*layer.real).xOpen.unwrap()(layer.real, path, open.real(), flags, out);
        if code != ffi::SQLITE_OK {
            return code;
        }
        if !path.is_null() {
            let journal = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
            open.file = Some(layer.recorder.file(&name(path)));
            open.folder_due = flags & SQLITE_OPEN_CREATE != 0 && flags & journal != 0;
        }
        let shim = file.cast::<Shim>();
        (*shim).open = Box::into_raw(open);
        (*shim).base.pMethods = &raw const METHODS;
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, path: *const c_char, folder: c_int) -> c_int {
    // SAFETY: as in `open`.
    unsafe {
        let layer = layer(vfs);
        let code = (*layer.real).xDelete.unwrap()(layer.real, path, 0);
        if code == ffi::SQLITE_OK {
            layer.recorder.delete(name(path), folder != 0);
        }
        code
    }
}

unsafe fn opened<'a>(file: *mut sqlite3_file) -> &'a mut Open {
    // SAFETY: `open` made it, `close` takes it, and SQLite uses a file from one thread at a
    // time.
    unsafe { &mut *(*file.cast::<Shim>()).open }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the last call for this file.
    unsafe {
        let mut open = Box::from_raw((*file.cast::<Shim>()).open);
        let real = open.real();
        (*(*real).pMethods).xClose.unwrap()(real)
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: `data` holds `count` bytes.
    unsafe {
        let open = opened(file);
        let drive = open.recorder.drive();
        let real = open.real();
        if drive == Drive::FailsWrites {
            return ffi::SQLITE_IOERR_WRITE;
        }
        if drive == Drive::IsFull {
            let mut size = 0;
            (*(*real).pMethods).xFileSize.unwrap()(real, &raw mut size);
            if at + sqlite3_int64::from(count) > size {
                return ffi::SQLITE_FULL;
            }
        }
        let code = (*(*real).pMethods).xWrite.unwrap()(real, data, count, at);
        if let (ffi::SQLITE_OK, Some(file)) = (code, open.file) {
            let bytes = slice::from_raw_parts(data.cast(), usize::try_from(count).unwrap());
            open.recorder.add(Step::Written {
                file,
                at: u64::try_from(at).unwrap(),
                bytes: bytes.to_vec(),
            });
        }
        code
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: passes on what SQLite says.
    unsafe {
        let open = opened(file);
        let real = open.real();
        let code = (*(*real).pMethods).xTruncate.unwrap()(real, size);
        if let (ffi::SQLITE_OK, Some(file)) = (code, open.file) {
            let size = u64::try_from(size).unwrap();
            open.recorder.add(Step::Truncated { file, size });
        }
        code
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: looks at nothing but the file.
    let open = unsafe { opened(file) };
    match open.recorder.drive() {
        Drive::ForgetsSyncs => return ffi::SQLITE_OK,
        Drive::FailsSyncs => return ffi::SQLITE_IOERR_FSYNC,
        Drive::Honest | Drive::IsFull | Drive::FailsWrites => {}
    }
    if let Some(file) = open.file {
        open.recorder.add(Step::Synced {
            file,
            folder: mem::take(&mut open.folder_due),
            flags,
        });
    }
    ffi::SQLITE_OK
}

macro_rules! passed_on {
    ($($name:ident to $method:ident($($given:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $given: $kind)*) -> c_int {
            // SAFETY: passes on what SQLite says to the file that it means.
            unsafe {
                let real = opened(file).real();
                (*(*real).pMethods).$method.unwrap()(real $(, $given)*)
            }
        }
    )*};
}

passed_on! {
    read to xRead(data: *mut c_void, count: c_int, at: sqlite3_int64);
    file_size to xFileSize(size: *mut sqlite3_int64);
    lock to xLock(level: c_int);
    unlock to xUnlock(level: c_int);
    check_reserved_lock to xCheckReservedLock(found: *mut c_int);
    file_control to xFileControl(operation: c_int, about: *mut c_void);
    sector_size to xSectorSize();
    device_characteristics to xDeviceCharacteristics();
    shared_map to xShmMap(part: c_int, size: c_int, extend: c_int, memory: *mut *mut c_void);
    shared_lock to xShmLock(offset: c_int, count: c_int, flags: c_int);
    shared_unmap to xShmUnmap(delete: c_int);
}

unsafe extern "C" fn shared_barrier(file: *mut sqlite3_file) {
    // SAFETY: as all that is passed on.
    unsafe {
        let real = opened(file).real();
        (*(*real).pMethods).xShmBarrier.unwrap()(real);
    }
}

/// Version 2: shared memory for the write-ahead log, but no mapped reads or writes, which
/// would go past us.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shared_map),
    xShmLock: Some(shared_lock),
    xShmBarrier: Some(shared_barrier),
    xShmUnmap: Some(shared_unmap),
    xFetch: None,
    xUnfetch: None,
};
