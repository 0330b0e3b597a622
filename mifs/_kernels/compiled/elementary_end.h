/* Takes back the names of elementary.h, before its next inclusion. */
#undef V
#undef U
#undef BITS
#undef DOUBLE
#undef ABOVE
#undef LANE
#undef ALL
#undef SELECT
