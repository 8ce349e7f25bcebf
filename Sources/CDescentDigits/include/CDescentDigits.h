#ifndef CDESCENT_DIGITS_H
#define CDESCENT_DIGITS_H

#include <stddef.h>

/// The embedded digits: `descent_digits_rows` labels (0-9), then as many rows of 64 pixels (0-16), one byte each.
///
/// Optical Recognition of Handwritten Digits, E. Alpaydin & C. Kaynak (1998), UCI Machine Learning Repository,
/// CC BY 4.0. Written by Scripts/embed-digits.py.
const unsigned char *descent_digits(size_t *count);

enum { descent_digits_rows = 1797 };

#endif
