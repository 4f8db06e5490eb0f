/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the ledger of gaps. */
#include <inttypes.h>
#include <stdio.h>

#include "base/gaps.h"

static const struct {
	const char *word, *sentence;
} causes[GAP_CAUSES] = {
	[GAP_SILENT] = { "silent", "the instrument does not answer" },
	[GAP_GARBLED] = { "garbled", "no sound answer from the instrument" },
	[GAP_REFUSED] = { "refused", "the instrument refuses" },
	[GAP_NO_VALUE] = { "no-value", "the instrument answers without a number" },
	[GAP_FAULT] = { "fault", "the instrument says that it is faulty" },
	[GAP_LOOP] = { "loop", "the current of the 4-20 mA loop is that of a fault" },
	[GAP_UNCHANGED] = { "unchanged", "the instrument gives no fresh result" },
	[GAP_LINE] = { "line", "the line is down" },
	[GAP_NO_READING] = { "no-reading", "no reading, and nothing says why" },
	[GAP_STATION] = { "station", "no reading of any instrument from the station" },
	[GAP_EPOCH] = { "new-epoch",
	        "no reading from the station until it began to number anew" },
	[GAP_DROPPED] = { "dropped", "lost in the cabinet, which told so" },
	[GAP_LOST] = { "lost", "numbered records are not here" },
	[GAP_FILE] = { "file",
	        "a sealed file is missing or damaged, or may not be read" },
	[GAP_CONFLICT] = { "conflict",
	        "a record came again with other bytes and is in quarantine" },
	[GAP_UNPLACED] = { "unplaced",
	        "records are here, but their clock was never set" },
	[GAP_CLOCK] = { "clock", "the clock was put forward, no time passed" },
	[GAP_PRUNED] = { "pruned", "the sealed file was taken away by a signed order" },
	[GAP_CALIBRATING] = { "calibrating", "calibrating" },
	[GAP_MAINTENANCE] = { "maintenance", "maintenance" },
	[GAP_STOPPED] = { "stopped", "the plant stood still" },
	[GAP_OFF] = { "off", "switched off in the configuration" },
};

bool gap_is_loss(const struct gap *gap)
{
	return gap->cause < GAP_CLOCK;
}

bool gap_is_told(const struct gap *gap)
{
	return gap->detail != NULL && gap->detail[0] != '\0' &&
	       (gap->cause <= GAP_REFUSED || gap->cause == GAP_LINE ||
	               gap->cause == GAP_LOOP);
}

const char *gap_cause_text(uint8_t cause)
{
	return cause < GAP_CAUSES ? causes[cause].word : GAP_NOT_GIVEN;
}

/* Others of a range may be told elsewhere: with a file that is gone, or be here. */
static void numbers_print(const struct gap *gap, char *out, size_t room)
{
	char some[32] = "";
	if (gap->records > 0 && gap->records != gap->last_seq - gap->first_seq + 1)
		snprintf(some, sizeof some, "%" PRIu64 " of ", gap->records);
	snprintf(out, room,
	        " (epoch %016" PRIx64 ", %srecords %" PRIu64 " to %" PRIu64 ")",
	        gap->epoch, some, gap->first_seq, gap->last_seq);
}

const char *gap_reason(const struct gap *gap, char *out, size_t room)
{
	const char *sentence =
	        gap->cause < GAP_CAUSES ? causes[gap->cause].sentence : GAP_NOT_GIVEN;
	const char *detail = gap->detail != NULL ? gap->detail : "";
	if (gap->cause == GAP_DROPPED && detail[0] == '\0')
		detail = GAP_NOT_GIVEN;
	if (gap_is_told(gap))
		sentence = "";
	int n = snprintf(out, room, "%s%s%s", sentence,
	        detail[0] != '\0' && sentence[0] != '\0' ? ": " : "", detail);
	if (gap->first_seq != 0 && n > 0 && (size_t)n < room)
		numbers_print(gap, out + n, room - (size_t)n);
	return out;
}
