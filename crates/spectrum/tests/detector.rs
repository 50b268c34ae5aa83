//! Detectors against a slow twin that keeps all the values, and the amplitude distribution of noise and of pulses.

use guiju_spectrum::detector::{AmplitudeDistribution, Detectors, QUANTILE_ERROR_DB};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::spectra_fault::SpectraFault;
use guiju_spectrum::statistics::decibels;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, Exp1, Gamma};

proptest! {
    #[test]
    fn detectors_equal_the_twin_that_keeps_every_value(
        rows in proptest::collection::vec(proptest::collection::vec(-200.0_f64..70.0, 3), 1..60), share in 0.01_f64..0.99
    ) {
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|db| 10_f64.powf(db / 10.0)).collect()).collect();
        let mut detectors = Detectors::new(3);
        for row in &rows {
            detectors.push(row).unwrap();
        }
        let quantile = detectors.quantile(share).unwrap().unwrap();
        for bin in 0..3 {
            let mut column: Vec<f64> = rows.iter().map(|row| row[bin]).collect();
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            prop_assert!((detectors.mean().unwrap()[bin] / mean - 1.0).abs() < 1e-12);
            prop_assert!((detectors.sample().unwrap()[bin] / rows.last().unwrap()[bin] - 1.0).abs() < 1e-15);
            column.sort_by(f64::total_cmp);
            prop_assert!((detectors.peak().unwrap()[bin] / column.last().unwrap() - 1.0).abs() < 1e-15);
            let rank = ((share * column.len() as f64).ceil() as usize).max(1);
            let off = decibels(quantile[bin] / column[rank - 1]);
            prop_assert!(off.abs() <= QUANTILE_ERROR_DB, "{off}");
        }
    }

    #[test]
    fn floors_of_noise_with_signals_in_it_stay_near_the_noise(occupied in 0_usize..300, level_db in 10.0_f64..80.0, seed: u64) {
        let mut random = SmallRng::seed_from_u64(seed);
        for looks in [4.0, 16.0, 64.0] {
            let law = Gamma::new(looks, 1e-11 / looks).unwrap();
            let mut powers: Vec<f64> = (0..1024).map(|_| law.sample(&mut random)).collect();
            for bin in 0..occupied {
                powers[(bin * 7 + 13) % 1024] += 1e-11 * 10_f64.powf(level_db / 10.0);
            }
            // Bins taken by signals push the ranks of the noise up: by less than 1.7 dB at four looks, less with more.
            for method in [FloorMethod::LowestFifth, FloorMethod::Excision { above: 1e-3 }, FloorMethod::Median] {
                let off = decibels(method.estimate(&powers, looks).unwrap() / 1e-11);
                prop_assert!((-0.8..1.7).contains(&off), "{method:?} K={looks} {occupied}: {off}");
            }
        }
    }
}

#[test]
fn on_noise_alone_every_floor_is_the_mean_power() {
    let mut random = SmallRng::seed_from_u64(12);
    for looks in [1.0, 2.5, 4.0, 16.0, 64.0] {
        let law = Gamma::new(looks, 3e-12 / looks).unwrap();
        for method in [FloorMethod::Median, FloorMethod::LowestFifth, FloorMethod::Excision { above: 1e-3 }] {
            let runs: Vec<f64> = (0..200)
                .map(|_| {
                    let powers: Vec<f64> = (0..2048).map(|_| law.sample(&mut random)).collect();
                    method.estimate(&powers, looks).unwrap()
                })
                .collect();
            let off = decibels(runs.iter().sum::<f64>() / 200.0 / 3e-12);
            println!("K={looks} {method:?}: {off:.3} dB");
            assert!(off.abs() < 0.03, "K={looks} {method:?}: {off}");
        }
    }
}

#[test]
fn the_amplitudes_of_noise_are_exponential_in_power_and_pulses_stand_apart() {
    let mut random = SmallRng::seed_from_u64(13);
    let (mut noise, mut pulsed) = (AmplitudeDistribution::default(), AmplitudeDistribution::default());
    for sample in 0..400_000 {
        let power: f64 = Exp1.sample(&mut random);
        noise.push(power);
        pulsed.push(if sample % 100 == 0 { 1000.0 } else { power });
    }
    for power in [0.01, 0.1, 0.5, 1.0, 2.0, 5.0] {
        assert!((noise.above(power).unwrap() - (-power).exp()).abs() < 0.003, "{power}");
    }
    assert!((pulsed.above(500.0).unwrap() - 0.01).abs() < 1e-9);
    assert!(noise.above(500.0).unwrap() < 1e-9);
    let curve = pulsed.curve();
    assert!(curve.windows(2).all(|pair| pair[0].decibels < pair[1].decibels && pair[0].share >= pair[1].share));
    assert!(
        curve.iter().all(|point| (noise.above(10_f64.powf(point.decibels / 10.0)).unwrap() - point.share).abs() < 0.02)
    );
    assert!(AmplitudeDistribution::default().above(1.0).is_none());
    pulsed.push(f64::NAN);
    assert_eq!(pulsed.refused(), 1);
}

#[test]
fn a_spectrum_that_does_not_fit_changes_nothing() {
    let mut detectors = Detectors::new(3);
    assert!(detectors.mean().is_none() && detectors.peak().is_none() && detectors.quantile(0.5).unwrap().is_none());
    assert_eq!(detectors.push(&[1.0; 4]), Err(SpectraFault::Lengths { left: 3, right: 4 }));
    assert!(matches!(detectors.push(&[1.0, f64::NEG_INFINITY, 1.0]), Err(SpectraFault::Power { bin: 1, .. })));
    assert_eq!(detectors.count(), 0);
    assert!(detectors.quantile(1.0).is_err());
    let mut random = SmallRng::seed_from_u64(14);
    detectors.push(&[random.random(), 0.0, 1.0]).unwrap();
    assert!(detectors.quantile(0.5).unwrap().unwrap()[1] < 1e-20);
}
