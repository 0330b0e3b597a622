/* The lowest and the highest place within reach of number i of a line that has a margin of 9 no
   numbers; the index leads near to them. Part of the bodies of kernels. */
FAST Range SUFFIX(range)(const double *line, int64_t n, int64_t i, double reach,
                         const Buckets *buckets) {
    const double value = line[i];
    const Q here = SUFFIX(all)(value), far = SUFFIX(all)(reach), none = SUFFIX(all)(0.0);
    int64_t low = first_of(buckets, line, value - reach);
    int64_t high = first_of(buckets, line, value + reach);
    low = low < i ? low : i;
    high = high > i ? high : i + 1;
    Q below = SUFFIX(tally)(none, SUFFIX(less)(here, SUFFIX(at)(line + low)), far);
    Q above = SUFFIX(tally)(none, SUFFIX(less)(SUFFIX(at)(line + high), here), far);
    below = SUFFIX(tally)(below, SUFFIX(less)(here, SUFFIX(at)(line + low + 4)), far);
    above = SUFFIX(tally)(above, SUFFIX(less)(SUFFIX(at)(line + high + 4), here), far);
    low += 8 - SUFFIX(total)(below);
    high += SUFFIX(total)(above) - 1;
    /* Where the index led too far or not far enough, go on from there, or begin anew. */
    if (low > i || !(value - line[low] <= reach)) low = i;
    if (value - line[low - 1] <= reach) low = lowest_from(line, i, low, reach);
    if (!(line[high] - value <= reach)) high = i;
    if (line[high + 1] - value <= reach) high = highest_from(line, n, i, high, reach);
    return (Range){low, high};
}
