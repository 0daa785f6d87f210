//! What the server drew, and how it comes alive.

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Position, PositionState, any_view::AnyViewState},
    },
};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};
use wasm_bindgen::JsCast;

thread_local! {
    /// What the server drew and nobody has brought to life, as it stands on the page.
    static ASLEEP: RefCell<Vec<Asleep>> = const { RefCell::new(Vec::new()) };
}

/// See [`super::late`].
pub struct Late(Box<dyn FnOnce() -> AnyView + Send>);

impl Late {
    /// A part that looks like this.
    pub fn new(draw: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self(Box::new(draw))
    }
}

struct Asleep {
    element: Element,
    owner: Owner,
    late: Late,
    /// Gone with the part itself.
    life: Weak<Life>,
}

/// What keeps an element alive, once it is.
type Life = RefCell<Option<AnyViewState>>;

/// Brings to life what stands last of all that sleeps; whether there was anything.
pub fn wake_last() -> bool {
    let Some(asleep) = ASLEEP.with_borrow_mut(Vec::pop) else {
        return false;
    };
    let Asleep {
        element,
        owner,
        late,
        life,
    } = asleep;
    let Some(life) = life.upgrade() else {
        return true;
    };
    let here = PositionState::new(Position::Current);
    let alive = owner.with(|| late.0().hydrate::<true>(&Cursor::new(element), &here));
    *life.borrow_mut() = Some(alive);
    true
}

/// A part that is on the page.
pub struct LateState {
    element: Element,
    /// Known to what wakes it.
    life: Rc<Life>,
}

impl Render for Late {
    type State = LateState;

    fn build(self) -> LateState {
        let alive = self.0().build();
        let element = alive.elements().swap_remove(0);
        LateState {
            element,
            life: Rc::new(RefCell::new(Some(alive))),
        }
    }

    fn rebuild(self, state: &mut LateState) {
        if let Some(alive) = &mut *state.life.borrow_mut() {
            self.0().rebuild(alive);
            state.element = alive.elements().swap_remove(0);
        }
        // Nothing that sleeps is drawn anew.
    }
}

impl RenderHtml for Late {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0().to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> LateState {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        let element: Element = cursor.current().unchecked_into();
        let life = Rc::<Life>::default();
        ASLEEP.with_borrow_mut(|asleep| {
            asleep.push(Asleep {
                element: element.clone(),
                owner: Owner::current().unwrap_or_default(),
                late: self,
                life: Rc::downgrade(&life),
            });
        });
        LateState { element, life }
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for Late {
    type Output<SomeNewAttr: Attribute> = Self;

    /// Nobody adds attributes to an entry of a list.
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl Mountable for LateState {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.element.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}
