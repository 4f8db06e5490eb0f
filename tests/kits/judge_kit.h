/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging a whole archive: records in by the collector's door, assessments out. */
#ifndef TESTS_JUDGE_KIT_H
#define TESTS_JUDGE_KIT_H

#include "tests/kits/check.h"

#include <stdbool.h>

#include "analysis/assess.h"
#include "base/legal_time.h"
#include "tests/kits/made.h"
#include "tests/kits/made_archive.h"

#define DAY  288 /* base values */
#define FIVE (300 * US_PER_S)

extern struct rules shipped;

/* cmocka fixtures of a group. */
int read_shipped(void **state);
int free_shipped(void **state);

#define PERMIT(rule, more)                                                                  \
	"{\"kind\":\"permit\",\"id\":\"gp-a\",\"number\":\"12/GPMT-MAU\","                  \
	"\"issuer\":\"Cơ quan Mẫu\",\"from\":\"2026-01-01T00:00:00Z\","                  \
	"\"zone\":\"kcn-mau\",\"facility\":\"co-so-a\",\"facility_name\":\"Cơ sở Mẫu " \
	"A\","                                                                              \
	"\"outlet\":\"outfall\",\"station\":\"bt-outlet\",\"rule\":\"" rule                 \
	"\",\"column\":\"A\"" more "}"
#define KQ_KF                                                                          \
	",\"coefficients\":[{\"name\":\"kq\",\"value\":1},{\"name\":\"kf\",\"value\":" \
	"1}]"

/* What is kept of an assessment that was told. */
struct told {
	char id[128], note[256], channel[33], archive_state[256];
	uint8_t result, by, strength;
	double value, high, lower_bound, upper_bound, u;
	uint32_t expected, received, valid, fault, missing, censored;
	int64_t start_us, end_us;
	bool ambient, simulated;
	size_t n_spans;
	struct span span[4];
};

enum { TOLD_MOST = 4000 };

struct telling {
	size_t n;
	struct told told[TOLD_MOST];
};

/* All that is told of an archive, by the shipped rules; to be freed.  Fails the test when
 * the archive cannot be read whole. */
struct telling *judged(const char *dir, const struct judge_options *options);
/* What is told of one id; asserts that something is. */
const struct told *find(const struct telling *telling, const char *id);

/* COD, flow and pH every five minutes. */
struct describe *outlet_instrument(const char *name);

/*
 * An outlet's archive, not sealed, permit and all.  Day 9: COD 80 on 240 values, fault
 * from 10:00 to 14:00.  Day 10: 160 on 150 values, then nothing.  Day 11: no discharge.
 * Day 12: COD 40, two hours of it at night over 100.
 */
void make_outlet(struct made_archive *made, const char *folder, const char *name);

/* An archive with a permit and a water station, and no readings yet. */
void begin_outlet(struct made_archive *made, const char *folder, const char *name,
        const char *permit);
/* One more document in an archive that was closed. */
void add_document(struct made_archive *made, const char *text, int64_t time_us);

/* COD 40 on two days; from reading `change` on by the second instrument. */
void two_days_of(struct made_archive *made, struct describe *first,
        struct describe *second, int change);

#endif
