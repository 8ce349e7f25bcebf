#include "CDescentDigits.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char digits[] = {
#embed "digits.bin"
};
_Static_assert(sizeof digits == descent_digits_rows * 65, "digits.bin does not fit; run Scripts/embed-digits.py");

const unsigned char *descent_digits(size_t *count) {
  *count = sizeof digits;
  return digits;
}
