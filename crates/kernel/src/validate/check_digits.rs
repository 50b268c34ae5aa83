//! Two check digits for numbers that people copy: by ISO/IEC 7064, MOD 97-10.
//!
//! They catch every single slip and every exchange of two neighbours. They are no secret: whoever verifies a licence must still
//! know its whole number.

/// The two digits for the ASCII digits of a text; whatever is no digit is passed over.
pub fn of(text: &str) -> u8 {
    let rest = remainder(text.bytes());
    // 98 - (number * 100 mod 97) is the standard's rule; it lies in 2..=98.
    u8::try_from(98 - (rest * 100) % 97).unwrap_or(98)
}

/// Whether the last two of the text's digits are the check digits of those before them.
pub fn hold(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() > 2 && remainder(text.bytes()) == 1
}

fn remainder(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.filter(u8::is_ascii_digit).fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97)
}

#[cfg(test)]
mod tests {
    use super::{hold, of};

    #[test]
    fn a_slip_and_an_exchange_are_caught() {
        // ISO/IEC 7064's own example: 794 bears 44.
        assert_eq!(of("794"), 44);
        let number = format!("粤江电2024-000123-{:02}", of("粤江电2024-000123-"));
        assert!(hold(&number));
        let digits: Vec<usize> = number.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        for at in &digits {
            for other in '0'..='9' {
                let mut slipped: String = number.clone();
                slipped.replace_range(*at..=*at, &other.to_string());
                assert_eq!(hold(&slipped), slipped == number, "{slipped}");
            }
        }
        for pair in digits.windows(2) {
            let mut bytes: Vec<char> = number.chars().collect();
            let place = |at: usize| number.get(..at).map_or(0, |before| before.chars().count());
            bytes.swap(place(pair[0]), place(pair[1]));
            let swapped: String = bytes.into_iter().collect();
            assert_eq!(hold(&swapped), swapped == number, "{swapped}");
        }
        assert!(!hold(""));
        assert!(!hold("01"));
    }
}
