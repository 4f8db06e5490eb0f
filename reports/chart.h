/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a day: base values as they are (no smoothing, gaps left open), the limit, the mean. */
#ifndef REPORTS_CHART_H
#define REPORTS_CHART_H

#include "reports/draw.h"

/* Least height at which a chart can still be read. */
#define CHART_LEAST 92.0

/* Draw into the box: plot, axes, words beside the plot, and the operating state under it. */
void chart_draw(const struct canvas *canvas, const struct box *box);

/* A small square with the pattern of a band, for the words under the chart. */
void chart_sample(struct page *page, uint8_t what, const struct box *box);

#endif
