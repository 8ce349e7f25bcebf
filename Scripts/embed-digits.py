#!/usr/bin/env python3
"""Writes Sources/CDescentDigits/digits.bin from the digits CSV (plain or .gz; 64 pixels 0-16, then the label).

Usage, from the root of the repository:  Scripts/embed-digits.py ../shared/data/digits/digits.csv.gz

Layout: one byte per label (1,797), then one byte per pixel, row-major (1,797 x 64).
"""
import csv, gzip, pathlib, sys

path = pathlib.Path(sys.argv[1])
with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
    rows = [[int(field) for field in row] for row in csv.reader(file)]
assert len(rows) == 1797 and all(len(row) == 65 and max(row[:64]) <= 16 and row[64] <= 9 for row in rows)
data = bytes(row[64] for row in rows) + bytes(pixel for row in rows for pixel in row[:64])
pathlib.Path("Sources/CDescentDigits/digits.bin").write_bytes(data)
