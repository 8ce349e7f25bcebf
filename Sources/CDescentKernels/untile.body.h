// Ends what tile.body.h began, so that the next body can begin anew.
#undef LANES
#undef NV
#undef TALLEST
#undef TALLEST2
#undef TALLEST3
#undef EVEN
#undef SHORTEST
#undef INLINE
