extension Tensor {
  /// The sum of each two elements; shapes broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor { elementwise(.add, [a, b]) }
  /// The difference of each two elements; shapes broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor { elementwise(.subtract, [a, b]) }
  /// The product of each two elements; shapes broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor { elementwise(.multiply, [a, b]) }
  /// The quotient of each two elements; shapes broadcast.
  public static func / (a: Tensor, b: Tensor) -> Tensor { elementwise(.divide, [a, b]) }
  /// The negative of each element.
  public static prefix func - (a: Tensor) -> Tensor { elementwise(.negate, [a]) }

  /// A number added to each element.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.tape.constant(b) }
  /// A number taken from each element.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.tape.constant(b) }
  /// Each element times a number.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.tape.constant(b) }
  /// Each element divided by a number.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.tape.constant(b) }
  /// A number added to each element.
  public static func + (a: Double, b: Tensor) -> Tensor { b.tape.constant(a) + b }
  /// A number minus each element.
  public static func - (a: Double, b: Tensor) -> Tensor { b.tape.constant(a) - b }
  /// Each element times a number.
  public static func * (a: Double, b: Tensor) -> Tensor { b.tape.constant(a) * b }
  /// A number divided by each element.
  public static func / (a: Double, b: Tensor) -> Tensor { b.tape.constant(a) / b }

  /// x² of each element.
  public func squared() -> Tensor { .elementwise(.square, [self]) }
  /// √x of each element.
  public func squareRoot() -> Tensor { .elementwise(.sqrt, [self]) }
  /// 1/x of each element.
  public func reciprocal() -> Tensor { .elementwise(.reciprocal, [self]) }
  /// |x| of each element; its derivative at 0 is 0.
  public func magnitude() -> Tensor { .elementwise(.abs, [self]) }
  /// −1, 0 or 1 by the sign of each element; no derivative.
  public func sign() -> Tensor { .elementwise(.sign, [self]) }
  /// xʸ of each element.
  public func power(_ exponent: Tensor) -> Tensor { .elementwise(.power, [self, exponent]) }
  /// xᵖ of each element.
  public func power(_ exponent: Double) -> Tensor { power(tape.constant(exponent)) }
  /// The larger of each two elements; at ties the derivative is shared equally.
  public func maximum(_ other: Tensor) -> Tensor { .elementwise(.maximum, [self, other]) }
  /// The smaller of each two elements; at ties the derivative is shared equally.
  public func minimum(_ other: Tensor) -> Tensor { .elementwise(.minimum, [self, other]) }
  /// 1 where the element is larger than the other's, else 0; no derivative.
  public func isGreater(than other: Tensor) -> Tensor { .elementwise(.greater, [self, other]) }
  /// `yes` where this element is not 0, else `no`.
  public func select(_ yes: Tensor, else no: Tensor) -> Tensor { .elementwise(.select, [self, yes, no]) }
}
