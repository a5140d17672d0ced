//! `format` and `formatlist`: Go's verbs as Terraform has them.

use super::{Function, FunctionError, any, str_of, text};
use crate::language::json;
use crate::language::number::Number;
use crate::language::types::{Type, convert};
use crate::language::value::Value;

/// The largest width and precision.
const WIDEST: usize = 10_000;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("format", |arguments| {
            let (spec, values) = arguments.split_first().ok_or("a format is required")?;
            format(str_of(spec), values).map(Value::from)
        })
        .parameter(text("spec"))
        .rest(any("values").nullable()),
        Function::new("formatlist", formatlist)
            .parameter(text("spec"))
            .rest(any("lists").nullable()),
    ]
}

fn formatlist(arguments: &[Value]) -> Result<Value, FunctionError> {
    let (spec, values) = arguments.split_first().ok_or("a format is required")?;
    let mut length: Option<usize> = None;
    for (at, value) in values.iter().enumerate() {
        if let Some(items) = value.as_elements() {
            if length.is_some_and(|length| length != items.len()) {
                return Err(FunctionError::at(at + 1, "all lists have to be of one length"));
            }
            length = Some(items.len());
        }
    }
    let row = |at: usize| {
        let values: Vec<Value> = values
            .iter()
            .map(|value| match value.as_elements() {
                Some(items) => items.get(at).cloned().unwrap_or(Value::Null),
                None => value.clone(),
            })
            .collect();
        format(str_of(spec), &values).map(Value::from)
    };
    let rows: Result<Vec<Value>, FunctionError> = (0..length.unwrap_or(1)).map(row).collect();
    rows.map(Value::list)
}

/// What stands between `%` and its letter.
#[derive(Debug, Default)]
struct Verb {
    sharp: bool,
    minus: bool,
    plus: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// The argument, counted from 1, where it is named.
    argument: Option<usize>,
    mode: char,
}

fn format(spec: &str, values: &[Value]) -> Result<String, FunctionError> {
    let mut out = String::new();
    let mut rest = spec;
    let mut next = 0;
    let mut used = 0;
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(behind) = behind.strip_prefix('%') {
            out.push('%');
            rest = behind;
            continue;
        }
        let (verb, behind) = verb(behind)?;
        let at = verb.argument.map_or(next, |argument| argument - 1);
        let Some(value) = values.get(at) else {
            let message = format!(
                "%{} needs argument {}, and there are {}",
                verb.mode,
                at + 1,
                values.len()
            );
            return Err(FunctionError::at(0, message));
        };
        next = at + 1;
        used = used.max(next);
        let formatted = apply(&verb, value).map_err(|message| FunctionError::at(at + 1, message))?;
        out.push_str(&formatted);
        if out.len() > json::LONGEST {
            return Err("the result is too long".into());
        }
        rest = behind;
    }
    out.push_str(rest);
    if used < values.len() {
        let message = format!("the format uses {used} arguments, and there are {}", values.len());
        return Err(FunctionError::at(used + 1, message));
    }
    Ok(out)
}

fn verb(text: &str) -> Result<(Verb, &str), FunctionError> {
    let mut verb = Verb::default();
    let mut rest = text;
    loop {
        let flag = match rest.chars().next() {
            Some('#') => &mut verb.sharp,
            Some('-') => &mut verb.minus,
            Some('+') => &mut verb.plus,
            Some(' ') => &mut verb.space,
            Some('0') => &mut verb.zero,
            _ => break,
        };
        *flag = true;
        rest = &rest[1..];
    }
    (verb.width, rest) = digits(rest)?;
    if let Some(behind) = rest.strip_prefix('.') {
        let (precision, behind) = digits(behind)?;
        verb.precision = Some(precision.unwrap_or(0));
        rest = behind;
    }
    if let Some(behind) = rest.strip_prefix('[') {
        let (argument, behind) = digits(behind)?;
        verb.argument = argument.filter(|argument| *argument > 0);
        match (verb.argument, behind.strip_prefix(']')) {
            (Some(_), Some(behind)) => rest = behind,
            _ => return Err(FunctionError::at(0, "a number from 1 and a ] have to follow %[")),
        }
    }
    let mode = rest
        .chars()
        .next()
        .ok_or_else(|| FunctionError::at(0, "the format ends within a verb"))?;
    verb.mode = mode;
    Ok((verb, &rest[mode.len_utf8()..]))
}

fn digits(text: &str) -> Result<(Option<usize>, &str), FunctionError> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 {
        return Ok((None, text));
    }
    let number = text[..end].parse().ok().filter(|number| *number <= WIDEST);
    match number {
        Some(number) => Ok((Some(number), &text[end..])),
        None => Err(FunctionError::at(
            0,
            format!("no number in a format can be above {WIDEST}"),
        )),
    }
}

fn apply(verb: &Verb, value: &Value) -> Result<String, String> {
    match verb.mode {
        'v' => as_is(verb, value),
        _ if value.is_null() => Err("a null value can only be formatted with %v".to_owned()),
        's' | 'q' => {
            let value = convert(value, &Type::String)?;
            let mut text: String = value.as_str().unwrap_or_default().to_owned();
            if let Some(precision) = verb.precision {
                text = text.chars().take(precision).collect();
            }
            if verb.mode == 'q' {
                let mut quoted = String::new();
                json::write_text(&mut quoted, &text);
                text = quoted;
            }
            Ok(padded(verb, text))
        }
        't' => {
            let value = convert(value, &Type::Bool)?;
            Ok(padded(verb, value.as_bool().unwrap_or_default().to_string()))
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let number = convert(value, &Type::Number)?.as_number().and_then(Number::as_integer);
            let number = number.ok_or("a whole number is required")?;
            Ok(whole(verb, number))
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let number = convert(value, &Type::Number)?.as_number().unwrap_or(Number::Integer(0));
            let text = fraction(verb, number);
            Ok(numeric(verb, number.to_f64().is_sign_negative(), "", &text))
        }
        other => Err(format!("there is no verb %{other}")),
    }
}

fn as_is(verb: &Verb, value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) if !verb.sharp => text.to_string(),
        Value::Number(number) if !verb.sharp => {
            let general = Verb {
                mode: 'g',
                ..Verb::default()
            };
            let sign = if number.to_f64() < 0.0 { "-" } else { "" };
            format!("{sign}{}", fraction(&general, *number))
        }
        other => json::encode(other).map_err(|error| error.to_string())?,
    };
    Ok(padded(verb, text))
}

fn padded(verb: &Verb, text: String) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(text.chars().count());
    match (verb.minus, verb.zero) {
        (true, _) => text + &" ".repeat(missing),
        (false, true) => "0".repeat(missing) + &text,
        (false, false) => " ".repeat(missing) + &text,
    }
}

fn whole(verb: &Verb, number: i64) -> String {
    let size = number.unsigned_abs();
    let (prefix, digits) = match verb.mode {
        'b' => ("0b", format!("{size:b}")),
        'o' => ("0", format!("{size:o}")),
        'x' => ("0x", format!("{size:x}")),
        'X' => ("0X", format!("{size:X}")),
        _ => ("", size.to_string()),
    };
    let zeros = "0".repeat(verb.precision.unwrap_or(0).saturating_sub(digits.len()));
    let prefix = if verb.sharp { prefix } else { "" };
    numeric(verb, number < 0, prefix, &format!("{zeros}{digits}"))
}

/// Sign, prefix and digits, padded between them with zeros or before them with spaces.
fn numeric(verb: &Verb, negative: bool, prefix: &str, digits: &str) -> String {
    let sign = match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    let length = sign.len() + prefix.len() + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    match (verb.minus, verb.zero) {
        (true, _) => format!("{sign}{prefix}{digits}{}", " ".repeat(missing)),
        (false, true) => format!("{sign}{prefix}{}{digits}", "0".repeat(missing)),
        (false, false) => format!("{}{sign}{prefix}{digits}", " ".repeat(missing)),
    }
}

/// The size of a number with `%e`, `%f` or `%g`, without its sign.
fn fraction(verb: &Verb, number: Number) -> String {
    let size = number.to_f64().abs();
    let text = match (verb.mode.to_ascii_lowercase(), verb.precision) {
        ('e', precision) => exponential(&format!("{size:.*e}", precision.unwrap_or(6))),
        ('f', precision) => format!("{size:.*}", precision.unwrap_or(6)),
        (_, None) => general(&format!("{size:e}"), None),
        (_, Some(precision)) => {
            let precision = precision.max(1);
            general(&format!("{size:.*e}", precision - 1), Some(precision))
        }
    };
    if verb.mode.is_ascii_uppercase() {
        text.to_uppercase()
    } else {
        text
    }
}

/// Rust writes `1.5e-7` where Go writes `1.5e-07`.
fn exponential(text: &str) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, digits) = exponent
        .strip_prefix('-')
        .map_or(("+", exponent), |digits| ("-", digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// `%g` of a number in exponential form: with an exponent only where that is very small or not below the precision.
fn general(text: &str, precision: Option<usize>) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let point = exponent + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let limit = match precision.and_then(|precision| i32::try_from(precision).ok()) {
        None => 6,
        Some(precision) if precision > count && count >= point => count,
        Some(precision) => precision,
    };
    if exponent < -4 || exponent >= limit {
        let (first, others) = digits.split_at(1);
        let point = if others.is_empty() { "" } else { "." };
        return exponential(&format!("{first}{point}{others}e{exponent}"));
    }
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0)));
    }
    let point = usize::try_from(point).unwrap_or(0);
    if digits.len() <= point {
        return format!("{digits}{}", "0".repeat(point - digits.len()));
    }
    format!("{}.{}", &digits[..point], &digits[point..])
}
