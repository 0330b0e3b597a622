/* Included once for each kind of vector instructions; all numbers are whole. */

/* Count some samples in two tables in turn, and add them to the tables of both pairs. */
TARGET static void SUFFIX(count_part)(const uint8_t *shared, const uint8_t *one,
                                      const uint8_t *other, const uint16_t *y_first, int64_t n,
                                      Levels levels, uint16_t *room, int32_t *of_one,
                                      int32_t *of_other) {
    const int64_t apart = levels.n_y * cells_of_a_class(levels) + APART;
    const uint16_t step = (uint16_t)(levels.n_other * PAIR_STRIDE);
    uint16_t *second = room + apart;
    memset(room, 0, sizeof(uint16_t) * 2 * apart);
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        const int some = n - start < AT_ONCE ? (int)(n - start) : AT_ONCE;
        uint16_t of[AT_ONCE];
        int j = 0;
        for (int64_t i = start; i < start + some; i++)
            of[i - start] = (uint16_t)(y_first[i] + one[i] * step + other[i] * PAIR_STRIDE +
                                       shared[i]);
        for (; j + 4 <= some; j += 4) {
            room[of[j]]++;
            second[of[j + 1]]++;
            room[of[j + 2]]++;
            second[of[j + 3]]++;
        }
        for (; j < some; j++) room[of[j]]++;
    }
    for (int64_t y = 0; y < levels.n_y; y++, of_other += levels.n_other * PAIR_STRIDE)
        for (int64_t i = 0; i < levels.n_one; i++, of_one += PAIR_STRIDE) {
            uint16_t sum[PAIR_STRIDE] = {0};
            for (int64_t j = 0; j < levels.n_other; j++, room += PAIR_STRIDE)
                for (int l = 0; l < PAIR_STRIDE; l++) {
                    const uint16_t count = (uint16_t)(room[l] + room[apart + l]);
                    sum[l] = (uint16_t)(sum[l] + count);
                    of_other[j * PAIR_STRIDE + l] += count;
                }
            for (int l = 0; l < PAIR_STRIDE; l++) of_one[l] += sum[l];
        }
}
