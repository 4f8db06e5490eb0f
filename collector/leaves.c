/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/leaves.h"

#include <stdlib.h>
#include <string.h>

void leaves_free(struct leaves *leaves)
{
	free(leaves->leaf);
	free(leaves->known);
	*leaves = (struct leaves){ .answered = false };
}

const uint8_t *leaves_leaf(const struct leaves *leaves, uint64_t seq)
{
	if (leaves->leaf == NULL || seq < leaves->first_seq || seq >= leaves->end_seq)
		return NULL;
	uint64_t at = seq - leaves->first_seq;
	return leaves->known[at] ? leaves->leaf[at] : NULL;
}

static bool is_of(const struct leaves *leaves, const struct leaves *wanted)
{
	return strcmp(leaves->source, wanted->source) == 0 &&
	       leaves->epoch == wanted->epoch;
}

static bool is_question(const struct leaves *leaves)
{
	return leaves->source[0] != '\0' && !leaves->answered;
}

static bool is_awaited(const struct leaves *leaves, int64_t now_us)
{
	return leaves->answered && !leaves->used &&
	       llabs(now_us - leaves->asked_us) < LEAVES_WAIT_US;
}

static bool is_full_of(const struct leaves *kept, const char *source)
{
	size_t n = 0;
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		n += strcmp(kept[i].source, source) == 0;
	return n >= LEAVES_OF;
}

/* A free place, or that of the oldest answer that nobody waits for any more; NULL: there is
 * none.  A source that has its share has no other's. */
static struct leaves *place_for(struct leaves *kept, const struct leaves *wanted)
{
	struct leaves *oldest = NULL;
	bool full = is_full_of(kept, wanted->source);
	for (size_t i = 0; i < LEAVES_ASKED; i++) {
		struct leaves *one = &kept[i];
		if (is_question(one) || is_awaited(one, wanted->asked_us) ||
		        (full && strcmp(one->source, wanted->source) != 0))
			continue;
		if (oldest == NULL || one->age < oldest->age)
			oldest = one;
	}
	return oldest;
}

static uint64_t newest(const struct leaves *kept)
{
	uint64_t age = 0;
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		if (kept[i].age > age)
			age = kept[i].age;
	return age;
}

struct leaves *leaves_of(struct leaves *kept, const struct leaves *wanted)
{
	for (size_t i = 0; i < LEAVES_ASKED; i++) {
		struct leaves *one = &kept[i];
		if (!is_of(one, wanted) || one->first_seq > wanted->first_seq ||
		        one->end_seq < wanted->end_seq)
			continue;
		one->used |= one->answered;
		return one->answered ? one : NULL;
	}
	struct leaves *place = place_for(kept, wanted);
	if (place == NULL)
		return NULL;
	uint64_t age = newest(kept) + 1;
	leaves_free(place);
	*place = *wanted;
	place->age = age;
	return NULL;
}

bool leaves_wait(const struct leaves *kept)
{
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		if (is_question(&kept[i]))
			return true;
	return false;
}

size_t leaves_hand(const struct leaves *kept, struct leaves *asked)
{
	size_t n = 0;
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		if (is_question(&kept[i]))
			asked[n++] = kept[i];
	return n;
}

static struct leaves *question_of(struct leaves *kept, const struct leaves *answer)
{
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		if (is_question(&kept[i]) && kept[i].age == answer->age)
			return &kept[i];
	return NULL;
}

void leaves_take(struct leaves *kept, struct leaves *asked, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct leaves *question = question_of(kept, &asked[i]);
		if (question != NULL)
			*question = asked[i];
		if (question != NULL && !asked[i].answered)
			leaves_free(question);
		if (question == NULL)
			leaves_free(&asked[i]);
	}
}
