/* Codes by few edges: every edge is compared with every value, without a branch. */

#define LANES 4
#define UNROLL 4

TARGET static void SUFFIX(codes_by_few_edges)(const double *values, int64_t n,
                                              const double *edges, int64_t n_edges,
                                              uint8_t *codes) {
    int64_t i = 0;
    for (; i + LANES * UNROLL <= n; i += LANES * UNROLL) {
        lanes_of_doubles x[UNROLL];
        lanes_of_masks sum[UNROLL] = {{0}};
        memcpy(x, values + i, sizeof x);
        for (int64_t e = 0; e < n_edges; e++) {
            double edge = edges[e];
            lanes_of_doubles all = {edge, edge, edge, edge};
            for (int u = 0; u < UNROLL; u++) sum[u] -= x[u] >= all;
        }
        for (int u = 0; u < UNROLL; u++)
            for (int lane = 0; lane < LANES; lane++)
                codes[i + LANES * u + lane] = (uint8_t)sum[u][lane];
    }
    for (; i < n; i++) codes[i] = code_of(values[i], edges, n_edges);
}

#undef LANES
#undef UNROLL
