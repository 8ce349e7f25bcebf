// Ends what tile.body.h began, so that the next body can begin anew.
#undef LANES
#undef TALLEST
#undef TALLEST2
#undef PACKING
#undef SHORTEST
#undef INLINE
