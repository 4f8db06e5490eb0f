/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/sampler.h"

#include <math.h>

#include "base/legal_time.h"
#include "base/reading.h"

#define RETRY_US INT64_C(60000000)
#define TRIES    3

void sampler_begin(struct sampler *sampler, const struct sampler_rule *rule)
{
	struct sampler_kept kept = sampler->kept;
	*sampler = (struct sampler){ .rule = rule, .kept = kept };
}

/* A number at the end of the range counts as one: beyond it there is only more. */
static bool is_measured(const struct sampler *sampler, uint8_t state)
{
	return state == STATE_OK ||
	       state == (sampler->rule->below ? STATE_BELOW_RANGE : STATE_ABOVE_RANGE);
}

static bool is_beyond(const struct sampler_rule *rule, double value)
{
	return rule->below ? value < rule->level : value > rule->level;
}

static int64_t day_number(int utc_offset_min, int64_t time_us)
{
	int64_t start_us = day_start(time_us, utc_offset_min);
	return (start_us + utc_offset_min * US_PER_MIN) / US_PER_DAY;
}

/* A day that goes back is a clock that was wrong before, or is now: it gives no new
 * bottles.  Neither does one that goes on because the clock was put right, if the
 * last bottle was taken since midnight. */
int64_t sampler_today(
        const struct sampler_kept *kept, int utc_offset_min, const struct moment *now)
{
	int64_t since_us = now->time_us - day_start(now->time_us, utc_offset_min);
	bool of_today =
	        kept->boot == now->boot && kept->taken_us >= now->mono_us - since_us;
	bool turned = day_number(utc_offset_min, now->time_us) > kept->day;
	return turned && !of_today ? 0 : kept->today;
}

static void turn_day(struct sampler *sampler, const struct moment *when)
{
	struct sampler_kept *kept = &sampler->kept;
	int offset_min = sampler->rule->utc_offset_min;
	int64_t day = day_number(offset_min, when->time_us);
	kept->today = sampler_today(kept, offset_min, when);
	if (day > kept->day || when->state == CLOCK_SYNCED)
		kept->day = day;
}

/* Under another boot only the wall clock can tell how long ago the last bottle was; if it went back, the
 * whole spacing is waited for once more. */
static bool is_too_soon(struct sampler *sampler, const struct moment *when)
{
	struct moment *last = &sampler->kept.last;
	if (last->time_us == 0)
		return false;
	if (last->boot != when->boot) {
		int64_t ago_us = when->time_us - last->time_us;
		last->boot = when->boot;
		last->mono_us = when->mono_us - (ago_us > 0 ? ago_us : 0);
	}
	return when->mono_us - last->mono_us < sampler->rule->spacing_us;
}

static enum sampler_answer obstacle(
        struct sampler *sampler, const struct moment *when, bool ready)
{
	const struct sampler_rule *rule = sampler->rule;
	if (sampler->kept.used >= rule->bottles)
		return SAMPLER_FULL;
	if (sampler->kept.today >= rule->most_a_day)
		return SAMPLER_ENOUGH;
	if (is_too_soon(sampler, when))
		return SAMPLER_TOO_SOON;
	if (!ready)
		return SAMPLER_NOT_READY;
	if (sampler->failures > 0 &&
	        (sampler->failures >= TRIES || when->mono_us < sampler->retry_us))
		return SAMPLER_QUIET;
	return SAMPLER_TAKE;
}

static enum sampler_answer want(
        struct sampler *sampler, const struct moment *when, bool ready)
{
	enum sampler_answer answer = obstacle(sampler, when, ready);
	if (answer != SAMPLER_TAKE) {
		bool told = (sampler->told >> answer & 1) != 0;
		sampler->told |= 1u << answer;
		return told ? SAMPLER_QUIET : answer;
	}
	sampler->before = sampler->kept.last;
	sampler->kept.used++;
	sampler->kept.today++;
	sampler->kept.spent = true;
	sampler->kept.doubtful = true;
	sampler->kept.doubt_told = false;
	sampler->kept.last = *when;
	sampler->kept.boot = when->boot;
	sampler->kept.taken_us = when->mono_us;
	return SAMPLER_TAKE;
}

static void end_episode(struct sampler *sampler)
{
	sampler->run = 0;
	sampler->told = 0;
	sampler->failures = 0;
	sampler->kept.spent = false;
}

enum sampler_answer sampler_note(
        struct sampler *sampler, const struct sampler_reading *reading, bool ready)
{
	const struct sampler_rule *rule = sampler->rule;
	const struct moment *when = &reading->when;
	/* a slow analyser's last result once more: no news */
	if (reading->state == STATE_UNCHANGED)
		return SAMPLER_QUIET;
	turn_day(sampler, when);
	bool number = isfinite(reading->value);
	if (!is_measured(sampler, reading->state) || !number) {
		bool other_end = number && (reading->state == STATE_ABOVE_RANGE ||
		                                   reading->state == STATE_BELOW_RANGE);
		if (other_end && !is_beyond(rule, reading->value))
			end_episode(sampler);
		sampler->run = 0;
		return SAMPLER_QUIET;
	}
	if (!is_beyond(rule, reading->value)) {
		end_episode(sampler);
		return SAMPLER_QUIET;
	}
	if (sampler->run++ == 0)
		sampler->run_us = when->mono_us;
	if (sampler->kept.spent || sampler->run < rule->readings ||
	        when->mono_us - sampler->run_us < rule->for_us)
		return SAMPLER_QUIET;
	return want(sampler, when, ready);
}

bool sampler_undo(struct sampler *sampler, const struct moment *now)
{
	struct sampler_kept *kept = &sampler->kept;
	kept->used -= kept->used > 0;
	kept->today -= kept->today > 0;
	kept->spent = kept->doubtful = kept->doubt_told = false;
	kept->last = sampler->before;
	sampler->failures++;
	sampler->retry_us = now->mono_us + RETRY_US;
	return sampler->failures < TRIES;
}

void sampler_emptied(struct sampler *sampler)
{
	sampler->kept.used = 0;
	sampler->told &= ~(1u << SAMPLER_FULL);
}
