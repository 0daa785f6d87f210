//! Pictures of people, drawn here from their id: no request, and the same for everybody.

use super::dynamic::{Erase, show, text};
use crate::protocol::{Person, UserId};
use leptos::prelude::*;

/// A shape of an avatar, as SVG presentation attributes: the Content-Security-Policy
/// allows no inline style.
#[derive(Clone, Copy)]
enum Shape {
    /// Centre and radius.
    Circle(&'static str, &'static str, &'static str),
    /// Top, height and the roundness of the ends.
    Bar(&'static str, &'static str, &'static str),
    Wave,
}

/// What is lighter than the ground of an avatar; turned by [`turn`].
const SHAPES: [&[Shape]; 6] = [
    &[Shape::Circle("31", "9", "15")],
    &[
        Shape::Circle("6", "30", "13"),
        Shape::Circle("35", "11", "8"),
    ],
    &[Shape::Wave],
    &[
        Shape::Circle("33", "33", "17"),
        Shape::Circle("5", "6", "6"),
    ],
    &[Shape::Bar("-2", "14", "7"), Shape::Bar("28", "8", "4")],
    &[
        Shape::Circle("20", "2", "9"),
        Shape::Circle("4.4", "29", "9"),
        Shape::Circle("35.6", "29", "9"),
    ],
];

/// Two related hues in tenths of a degree: steps of the golden angle (137.508 degrees) keep
/// neighbours in a room far apart. Whole numbers, because writing fractions would bring
/// 17 kB of code into the browser.
fn hues(id: UserId) -> (u64, u64) {
    const CIRCLE: u64 = 3_600;
    const NEAR: [u64; 4] = [380, CIRCLE - 340, 620, CIRCLE - 580];
    let hue = (id.0 % 1_000_000) * 137_508 / 100 % CIRCLE;
    let near = NEAR[small(id.0, 4)];
    (hue, (hue + near) % CIRCLE)
}

/// "137.5" of 1,375 tenths.
fn degrees(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn turn(id: UserId) -> u64 {
    id.0.wrapping_mul(73) % 360
}

fn small(number: u64, below: u64) -> usize {
    usize::try_from(number % below).unwrap_or_default()
}

/// Somebody's picture.
#[component]
pub fn Avatar(
    /// Whose.
    person: Signal<Person>,
    /// `xs`, `s`, `m` or `l`; the size of a message's avatar without.
    #[prop(optional)]
    size: Option<&'static str>,
    /// Shows the dot of presence.
    #[prop(optional)]
    online: bool,
) -> impl IntoView {
    let id = person.with_untracked(|person| person.id);
    let (hue, near) = hues(id);
    let (hue, near) = (degrees(hue), degrees(near));
    let shapes = SHAPES[small(id.0 / 4, 6)];
    let gravatar = move || person.with(|person| person.gravatar.clone());
    view! {
           <span class="avatar" data-size=size>
               <svg viewBox="0 0 40 40" aria-hidden="true">
                   <rect width="40" height="40" fill=format!("oklch(0.84 0.085 {hue})")></rect>
                   <g
                       fill=format!("oklch(0.75 0.1 {near})")
                       transform=format!("rotate({} 20 20)", turn(id))
                   >
                       {shapes.iter().map(|shape| draw(*shape)).collect_view()}
                   </g>
                   <text x="20" y="26.4" fill=format!("oklch(0.3 0.07 {hue})")>
                       {text(move || person.with(|person| person.name.initial()))}
                   </text>
               </svg>
               {show(move || {
    gravatar()
                       .map(|hash| {
                           let src = format!("https://www.gravatar.com/avatar/{hash}?s=80&d=blank");
                           view! {
                               <img
                                   class="avatar-photo"
                                   src=src
                                   alt=""
                                   width="40"
                                   height="40"
                                   loading="lazy"
                                   referrerpolicy="no-referrer"
                               />}.erase()
                       })
               })}
               {online.then(|| view! { <span class="presence" data-state="online"></span> })}
           </span>
       }
}

fn draw(shape: Shape) -> AnyView {
    match shape {
        Shape::Circle(x, y, r) => view! { <circle cx=x cy=y r=r></circle> }.erase(),
        Shape::Bar(y, height, round) => {
            view! { <rect x="-12" y=y width="64" height=height rx=round></rect> }.erase()
        }
        Shape::Wave => view! { <path d="M-10 22Q5 12 20 22T50 22V50H-10Z"></path> }.erase(),
    }
}
