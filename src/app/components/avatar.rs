//! Pictures of people, drawn here from their id: no request, and the same for everybody.

use super::dynamic::{show, text};
use crate::protocol::{Person, UserId};
use leptos::prelude::*;

/// A shape of an avatar, as SVG presentation attributes: the Content-Security-Policy
/// allows no inline style.
#[derive(Clone, Copy)]
enum Shape {
    Circle(f64, f64, f64),
    Bar(f64, f64),
    Wave,
}

/// What is lighter than the ground of an avatar; turned by [`turn`].
const SHAPES: [&[Shape]; 6] = [
    &[Shape::Circle(31.0, 9.0, 15.0)],
    &[
        Shape::Circle(6.0, 30.0, 13.0),
        Shape::Circle(35.0, 11.0, 8.0),
    ],
    &[Shape::Wave],
    &[
        Shape::Circle(33.0, 33.0, 17.0),
        Shape::Circle(5.0, 6.0, 6.0),
    ],
    &[Shape::Bar(-2.0, 14.0), Shape::Bar(28.0, 8.0)],
    &[
        Shape::Circle(20.0, 2.0, 9.0),
        Shape::Circle(4.4, 29.0, 9.0),
        Shape::Circle(35.6, 29.0, 9.0),
    ],
];

/// Two related hues: steps of the golden angle keep neighbours in a room far apart.
fn hues(id: UserId) -> (f64, f64) {
    const GOLDEN_ANGLE: f64 = 137.508;
    const NEAR: [f64; 4] = [38.0, -34.0, 62.0, -58.0];
    let hue = tenth((f64::from(small(id.0, 1_000_000)) * GOLDEN_ANGLE).rem_euclid(360.0));
    let near = NEAR[small(id.0, 4) as usize];
    (hue, tenth((hue + near).rem_euclid(360.0)))
}

fn turn(id: UserId) -> u32 {
    small(id.0.wrapping_mul(73), 360)
}

fn small(number: u64, below: u64) -> u32 {
    u32::try_from(number % below).unwrap_or_default()
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
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
    let shapes = SHAPES[small(id.0 / 4, 6) as usize];
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
                               />}.into_any()
                       })
               })}
               {online.then(|| view! { <span class="presence" data-state="online"></span> })}
           </span>
       }
}

fn draw(shape: Shape) -> AnyView {
    match shape {
        Shape::Circle(x, y, r) => {
            view! { <circle cx=x.to_string() cy=y.to_string() r=r.to_string()></circle> }.into_any()
        }
        Shape::Bar(y, height) => view! {
            <rect
                x="-12"
                y=y.to_string()
                width="64"
                height=height.to_string()
                rx=(height / 2.0).to_string()
            ></rect>
        }
        .into_any(),
        Shape::Wave => view! { <path d="M-10 22Q5 12 20 22T50 22V50H-10Z"></path> }.into_any(),
    }
}
