//! Which point fits best? A grid over the search area finds the valleys, damped Gauss-Newton steps (Levenberg and Marquardt) with
//! Huber's weights walk down each, gross outliers are rejected one by one, and what is left is fitted by plain least squares.
//!
//! What all readings share and nobody knows (power, time of sending) enters linearly and is fitted anew at each point, so that only
//! the two coordinates are searched.

use super::{Area, Ellipse, Estimate, Fault, Point, TWO_95};

/// One reading at a supposed place; everything in units of its standard deviation.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Measured less predicted.
    pub residual: f64,
    /// By how much the prediction grows per metre east and per metre north.
    pub gradient: [f64; 2],
    /// By how much the prediction grows with the shared unknown; 0 for all terms where there is none.
    pub shared: f64,
}

/// Predicts readings for supposed places.
pub trait Model {
    /// Refuses readings that are no numbers and standard deviations that are not positive.
    fn check(&self) -> Result<(), Fault>;
    /// The terms of all readings, in their order, if the transmitter stood at a place.
    fn terms(&self, at: Point) -> Vec<Term>;
}

/// Residuals beyond this many standard deviations count linearly (95 % efficiency without outliers).
const HUBER: f64 = 1.345;
/// Residuals beyond this many standard deviations, after the robust fit, are outliers.
const OUTLIER: f64 = 4.0;
/// Cells of the grid along the longer side.
const GRID: f64 = 30.0;
/// How many valleys are walked down.
const VALLEYS: usize = 8;

/// Residuals and gradients with the shared unknown fitted, and the cost.
struct Fitted {
    terms: Vec<Term>,
    weights: Vec<f64>,
    cost: f64,
}

/// Among more readings than this a single one hides no valley, and leaving out each would take long.
const LEAVE_OUT_UP_TO: usize = 60;

/// How residuals count.
#[derive(Clone, Copy, PartialEq)]
enum Loss {
    Huber,
    Squares,
}

impl Loss {
    fn weight(self, residual: f64) -> f64 {
        match self {
            Self::Huber if residual.abs() > HUBER => HUBER / residual.abs(),
            _ => 1.0,
        }
    }

    /// Cost of a residual: its square, or what grows linearly beyond the bound.
    fn cost(self, residual: f64) -> f64 {
        match self {
            Self::Huber if residual.abs() > HUBER => HUBER * (2.0 * residual.abs() - HUBER),
            _ => residual * residual,
        }
    }
}

/// Fits the shared unknown at a point over the readings that are in use.
fn fitted<M: Model>(model: &M, at: Point, used: &[bool], loss: Loss) -> Fitted {
    let terms = model.terms(at).into_iter().zip(used).filter(|(_, used)| **used);
    let mut terms: Vec<Term> = terms.map(|(term, _)| term).collect();
    let mut shared = median_shared(&terms);
    let rounds = if loss == Loss::Huber { 6 } else { 1 };
    let weigh = |terms: &[Term], shared: f64| -> Vec<f64> {
        terms.iter().map(|term| loss.weight(term.residual - shared * term.shared)).collect()
    };
    for _ in 0..rounds {
        let weights = weigh(&terms, shared);
        let sum = |of: fn(&Term) -> f64| -> f64 { terms.iter().zip(&weights).map(|(term, w)| w * of(term)).sum() };
        let squares = sum(|term| term.shared * term.shared);
        if squares > 0.0 {
            shared = sum(|term| term.shared * term.residual) / squares;
        }
    }
    let weights = weigh(&terms, shared);
    let mean_slope = |axis: fn(&Term) -> f64| {
        let pairs = || terms.iter().zip(&weights);
        let squares: f64 = pairs().map(|(term, w)| w * term.shared * term.shared).sum();
        let cross: f64 = pairs().map(|(term, w)| w * term.shared * axis(term)).sum();
        if squares > 0.0 { cross / squares } else { 0.0 }
    };
    let slopes = [mean_slope(|term| term.gradient[0]), mean_slope(|term| term.gradient[1])];
    for term in &mut terms {
        term.residual -= shared * term.shared;
        let [east, north] = term.gradient;
        term.gradient = [east - slopes[0] * term.shared, north - slopes[1] * term.shared];
    }
    let cost = terms.iter().map(|term| loss.cost(term.residual)).sum();
    Fitted { terms, weights, cost }
}

/// A start for the shared unknown that outliers cannot drag along.
fn median_shared(terms: &[Term]) -> f64 {
    let each = terms.iter().filter(|term| term.shared > 0.0).map(|term| term.residual / term.shared);
    let mut each: Vec<f64> = each.collect();
    each.sort_by(f64::total_cmp);
    each.get(each.len() / 2).copied().unwrap_or(0.0)
}

/// Normal matrix (east-east, east-north, north-north) and its right side.
fn normal(fitted: &Fitted) -> ([f64; 3], [f64; 2]) {
    let (mut matrix, mut side) = ([0.0; 3], [0.0; 2]);
    for (term, weight) in fitted.terms.iter().zip(&fitted.weights) {
        let [east, north] = term.gradient;
        let add = [east * east, east * north, north * north];
        matrix.iter_mut().zip(add).for_each(|(sum, part)| *sum += weight * part);
        side.iter_mut().zip([east, north]).for_each(|(sum, part)| *sum += weight * part * term.residual);
    }
    (matrix, side)
}

/// Inverse of a symmetric matrix of two rows; nothing where it is singular.
fn inverse([a, b, c]: [f64; 3]) -> Option<[f64; 3]> {
    let determinant = a * c - b * b;
    let usable = determinant.is_finite() && determinant > 1e-12 * a * c && determinant > 0.0;
    usable.then(|| [c / determinant, -b / determinant, a / determinant])
}

/// Walks down from a start, never leaving the area.
fn descend<M: Model>(model: &M, area: &Area, start: Point, used: &[bool], loss: Loss) -> (Point, Fitted) {
    let mut at = area.nearest(start);
    let mut now = fitted(model, at, used, loss);
    let mut damping = 1e-3;
    for _ in 0..60 {
        let ([a, b, c], [east, north]) = normal(&now);
        let Some([ia, ib, ic]) = inverse([a * (1.0 + damping), b, c * (1.0 + damping)]) else { break };
        let step = Point::new(ia * east + ib * north, ib * east + ic * north);
        let next = area.nearest(Point::new(at.east_m + step.east_m, at.north_m + step.north_m));
        let tried = fitted(model, next, used, loss);
        let moved = next.distance_m(at);
        if tried.cost < now.cost {
            (at, now, damping) = (next, tried, (damping / 5.0).max(1e-9));
        } else {
            damping *= 5.0;
        }
        if moved < 1e-4 || damping > 1e9 {
            break;
        }
    }
    (at, now)
}

/// The lowest cells of a grid over the area: those lower than all their neighbours, the lowest first.
fn valleys<M: Model>(model: &M, area: &Area, used: &[bool]) -> Vec<Point> {
    let size = area.cells(area.side_m() / GRID);
    let (columns, rows) = size;
    let cost = |cell| fitted(model, area.middle(size, cell), used, Loss::Huber).cost;
    let costs: Vec<f64> = (0..columns * rows).map(cost).collect();
    let lower = |cell: usize, than: f64| costs.get(cell).is_some_and(|cost| *cost < than);
    let is_valley = |cell: usize, own: f64| {
        let (column, row) = (cell % columns, cell / columns);
        let near = |index: usize, count: usize| index.saturating_sub(1)..=(index + 1).min(count - 1);
        near(row, rows).all(|row| near(column, columns).all(|column| !lower(row * columns + column, own)))
    };
    let mut found: Vec<(f64, usize)> = costs.iter().enumerate().map(|(cell, cost)| (*cost, cell)).collect();
    found.retain(|(cost, cell)| is_valley(*cell, *cost));
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().take(VALLEYS).map(|(_, cell)| area.middle(size, cell)).collect()
}

/// Locates a transmitter within a search area.
///
/// Refuses too few readings (unknowns are two coordinates and, where there is one, what all readings share), readings that are no
/// numbers, and receivers that stand so that no point is fixed.
pub fn locate<M: Model>(model: &M, area: &Area) -> Result<Estimate, Fault> {
    model.check()?;
    let probe = model.terms(area.middle((1, 1), 0));
    let unknowns = if probe.iter().any(|term| term.shared > 0.0) { 3 } else { 2 };
    if probe.len() < unknowns {
        return Err(Fault::TooFew { left: probe.len(), needed: unknowns });
    }
    let walk = |start: Point, used: &[bool]| descend(model, area, start, used, Loss::Huber).0;
    let all = vec![true; probe.len()];
    let ends: Vec<Point> = valleys(model, area, &all).into_iter().map(|start| walk(start, &all)).collect();
    let first = *ends.first().ok_or(Fault::Geometry)?;
    let mut tried: Vec<(f64, Vec<bool>)> = ends.iter().map(|end| reject(model, area, *end, &all, unknowns)).collect();
    // An outlier may hide the right valley altogether: each reading is left out once.
    if (unknowns + 2..=LEAVE_OUT_UP_TO).contains(&probe.len()) {
        let without = |index: usize| all.iter().enumerate().map(|(at, _)| at != index).collect::<Vec<bool>>();
        tried
            .extend((0..probe.len()).map(without).map(|used| reject(model, area, walk(first, &used), &used, unknowns)));
    }
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let used = tried.into_iter().next().map(|(_, used)| used).ok_or(Fault::Geometry)?;
    let starts = valleys(model, area, &used).into_iter().chain(ends).map(|start| walk(start, &used));
    let mut last: Vec<_> = starts.map(|start| descend(model, area, start, &used, Loss::Squares)).collect();
    last.sort_by(|a, b| a.1.cost.total_cmp(&b.1.cost));
    report(area, last, &used, unknowns)
}

/// Rejects outliers one by one from a start. The score counts each rejected reading as much as one that only just is no outlier,
/// so that few rejections win.
fn reject<M: Model>(model: &M, area: &Area, start: Point, used: &[bool], unknowns: usize) -> (f64, Vec<bool>) {
    let (mut at, mut used) = (start, used.to_vec());
    while let Some(worst) = outlier(model, at, &used, unknowns) {
        if let Some(flag) = used.get_mut(worst) {
            *flag = false;
        }
        at = descend(model, area, at, &used, Loss::Huber).0;
    }
    let (_, end) = descend(model, area, at, &used, Loss::Squares);
    let rejected = used.iter().filter(|used| !**used).count();
    (end.cost + OUTLIER * OUTLIER * rejected as f64, used)
}

/// The reading that deviates most, if it is an outlier and enough others are left to tell.
fn outlier<M: Model>(model: &M, at: Point, used: &[bool], unknowns: usize) -> Option<usize> {
    let left: Vec<usize> = used.iter().enumerate().filter(|(_, used)| **used).map(|(index, _)| index).collect();
    if left.len() <= unknowns + 1 {
        return None;
    }
    let terms = fitted(model, at, used, Loss::Huber).terms;
    let deviating = terms.iter().zip(left).map(|(term, index)| (term.residual.abs(), index));
    let (most, index) = deviating.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (most > OUTLIER).then_some(index)
}

fn report(area: &Area, ends: Vec<(Point, Fitted)>, used: &[bool], unknowns: usize) -> Result<Estimate, Fault> {
    let (at, fitted) = ends.first().ok_or(Fault::Geometry)?;
    let covariance = inverse(normal(fitted).0).ok_or(Fault::Geometry)?;
    let ellipse = Ellipse::of(*at, covariance);
    let mut alternatives: Vec<Point> = Vec::new();
    for (other, end) in ends.iter().skip(1).filter(|(_, end)| end.cost <= fitted.cost + TWO_95) {
        let apart = |from: &Point| from.distance_m(*other) > area.side_m() / 1000.0;
        let settled = inverse(normal(end).0).is_some();
        if settled && !ellipse.holds(*other) && apart(at) && alternatives.iter().all(apart) {
            alternatives.push(*other);
        }
    }
    let which =
        |wanted: bool| used.iter().enumerate().filter(move |(_, used)| **used == wanted).map(|(index, _)| index);
    Ok(Estimate {
        at: *at,
        ellipse,
        chi_square: fitted.cost,
        degrees_of_freedom: fitted.terms.len().saturating_sub(unknowns),
        used: which(true).collect(),
        rejected: which(false).collect(),
        alternatives,
        at_edge: area.at_edge(*at),
    })
}
