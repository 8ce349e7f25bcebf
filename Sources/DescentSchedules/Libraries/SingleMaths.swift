// 32-bit versions of the maths, each rounded once, as the float32 libraries' kernels are to within a unit or two in the
// last place.

func power(_ x: Float, _ y: Float) -> Float { Float(power(Double(x), Double(y))) }
func cosine(_ x: Float) -> Float { Float(cosine(Double(x))) }
func logarithm(_ x: Float) -> Float { Float(logarithm(Double(x))) }
