/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wastewater cabinet's door and its sampler, as their STATE records tell. */
#include <stdio.h>
#include <string.h>

#include "cli/demo.h"

struct cabinet_seen {
	const struct demo *demo;
	bool vi;
	int64_t opened_us; /* 0: the door is shut */
	size_t n_doors;
	struct {
		int64_t from_us, to_us;
	} door[4];
	int bottles, room; /* of the carousel */
	int on_day[DEMO_DAYS + 1], live;
};

static void note_door(struct cabinet_seen *seen, const char *state, int64_t time_us)
{
	size_t most = sizeof seen->door / sizeof seen->door[0];
	if (strcmp(state, "open") == 0)
		seen->opened_us = time_us;
	if (strcmp(state, "closed") != 0 || seen->opened_us == 0)
		return;
	if (seen->n_doors < most) {
		seen->door[seen->n_doors].from_us = seen->opened_us;
		seen->door[seen->n_doors++].to_us = time_us;
	}
	seen->opened_us = 0;
}

static bool is_live(const struct demo *demo, int64_t time_us)
{
	return demo->live_from_us != 0 && time_us >= demo->live_from_us;
}

static void note_bottle(struct cabinet_seen *seen, const char *text, int64_t time_us)
{
	int64_t day = (time_us - seen->demo->first_us) / US_PER_DAY;
	int number, of;
	if (sscanf(text, "%d of %d", &number, &of) == 2)
		seen->room = of;
	seen->bottles++;
	if (is_live(seen->demo, time_us))
		seen->live++;
	else if (day >= 0 && day <= DEMO_DAYS)
		seen->on_day[day]++;
}

static void note(void *with, const struct demo_change *change, int64_t time_us)
{
	struct cabinet_seen *seen = with;
	if (strcmp(change->subject, "input door") == 0)
		note_door(seen, change->state, time_us);
	if (strcmp(change->subject, "sampler") == 0 &&
	        strcmp(change->state, "bottle") == 0)
		note_bottle(seen, change->text, time_us);
}

static void tell_doors(const struct cabinet_seen *seen)
{
	char stamp[TIME_TEXT];
	for (size_t i = 0; i < seen->n_doors; i++) {
		int64_t from_us = seen->door[i].from_us;
		double lasted_s = (double)(seen->door[i].to_us - from_us) / 1e6;
		int day = (int)((from_us - seen->demo->first_us) / US_PER_DAY) + 1;
		time_print(from_us - from_us % US_PER_MIN, DEMO_OFFSET, stamp);
		if (i > 0)
			printf(", ");
		else
			printf(seen->vi ? "cửa mở " : "door open ");
		if (is_live(seen->demo, from_us))
			printf(seen->vi ? "lúc trực tiếp %.0f s" : "live for %.0f s",
			        lasted_s);
		else
			printf(seen->vi ? "ngày %d, %.10s %.5s, %.0f phút"
			                : "day %d, %.10s %.5s, for %.0f min",
			        day, stamp, stamp + 11, lasted_s / 60);
	}
	printf("%s", seen->n_doors > 0 ? "; " : "");
}

void demo_cabinet(const struct demo *demo, struct reader *reader)
{
	bool vi = common_vietnamese(demo->common);
	struct cabinet_seen seen = { .demo = demo, .vi = vi };
	const char *between = vi ? "ngày " : "on day ";
	struct query query = {
		.station = DEMO_WATER,
		.from_us = demo->first_us,
		.to_us = TIME_US_END,
	};
	if (demo_changes(reader, &query, note, &seen) < 0)
		return;
	printf(vi ? "tủ             " : "cabinet     ");
	tell_doors(&seen);
	printf(vi ? "thiết bị lấy mẫu: đã lấy %d/%d chai, "
	          : "sampler: %d of %d bottles taken, ",
	        seen.bottles, seen.room);
	for (int day = 0; day <= DEMO_DAYS; day++) {
		if (seen.on_day[day] == 0)
			continue;
		printf("%s%d (%d)", between, day + 1, seen.on_day[day]);
		between = ", ";
	}
	if (seen.live > 0)
		printf("%s%s (%d)", seen.bottles > seen.live ? ", " : "",
		        vi ? "trực tiếp" : "live", seen.live);
	printf("\n");
}
