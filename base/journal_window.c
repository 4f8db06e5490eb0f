/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at one segment: through a buffer, and step by step across damage. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/folder.h"

#define PAGE 4096u
/* of zeros: more than a page that cannot be read hides, less than the buffer */
#define ZEROS_LOOK (WINDOW_SIZE / 2)
#define TRIES      8 /* segment numbers tried on either side for a damaged header */

int window_init(struct window *window)
{
	*window = (struct window){ .fd = -1 };
	window->buffer = malloc(WINDOW_SIZE);
	return window->buffer != NULL ? OK : FAILED;
}

void window_close(struct window *window)
{
	if (window->fd >= 0 && window->once)
		posix_fadvise(window->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (window->fd >= 0)
		close(window->fd);
	window->fd = -1;
	window->known = window->header_sound = window->unread = false;
	window->size = window->n = 0;
}

void window_free(struct window *window)
{
	window_close(window);
	free(window->buffer);
	window->buffer = NULL;
}

void window_refresh(struct window *window)
{
	window->n = 0;
}

/* Read what can be read; a page that cannot, or is past the end, is zeros. */
static void read_pages(struct window *window, uint64_t at, size_t n)
{
	bool again = false;
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(window->fd, window->buffer + done, n - done,
		        (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got > 0) {
			done += (size_t)got;
			continue;
		}
		if (got < 0 && !again) { /* a disk may fail once */
			again = true;
			continue;
		}
		again = false;
		window->unread |= got < 0;
		size_t page = PAGE - done % PAGE;
		if (got == 0 || page > n - done)
			page = n - done;
		memset(window->buffer + done, 0, page);
		done += page;
	}
}

const uint8_t *window_bytes(struct window *window, uint64_t at, size_t n)
{
	if (at > window->size || n > window->size - at)
		return NULL;
	if (at < window->at || at + n > window->at + window->n) {
		uint64_t left = window->size - at / PAGE * PAGE;
		window->at = at / PAGE * PAGE;
		window->n = left < WINDOW_SIZE ? (size_t)left : WINDOW_SIZE;
		read_pages(window, window->at, window->n);
	}
	return window->buffer + (at - window->at);
}

int window_entry(struct window *window, uint64_t at, struct found *found)
{
	const uint8_t *in = window_bytes(window, at, JOURNAL_ENTRY);
	int length = in != NULL ? entry_length(in) : 0;
	if (length <= 0)
		return length;
	in = window_bytes(window, at, (size_t)length);
	if (in == NULL || entry_get(found, in, &window->segment, window->seed) != OK)
		return MALFORMED;
	found->offset = at;
	return 1;
}

int window_search(struct window *window, uint64_t at, struct found *found)
{
	for (; at + JOURNAL_ENTRY <= window->size; at += 8) {
		if (window_entry(window, at, found) == 1)
			return 1;
	}
	return 0;
}

uint64_t window_used(struct window *window, uint64_t at)
{
	uint64_t used = at;
	while (at < window->size) {
		static const uint8_t zeros[PAGE];
		size_t n =
		        window->size - at < PAGE ? (size_t)(window->size - at) : PAGE;
		const uint8_t *in = window_bytes(window, at, n);
		if (memcmp(in, zeros, n) != 0) {
			used = at + n;
			while (in[used - at - 1] == 0)
				used--;
		}
		at += n;
	}
	return used;
}

static int open_file(struct window *window, const struct segment_place *place, size_t i)
{
	char name[SEGMENT_NAME];
	struct stat st;
	window_close(window);
	segment_name(place->list[i], name);
	window->fd = segment_open(place->folder, name);
	if (window->fd < 0)
		return errno == ENOENT ? NOT_FOUND : FAILED;
	if (fstat(window->fd, &st) != 0)
		return FAILED;
	window->size = (uint64_t)st.st_size;
	window->device = st.st_dev;
	window->inode = st.st_ino;
	return OK;
}

/* OK when the header belongs to this place and is sound. */
static int read_header(
        struct window *window, const struct segment_place *place, size_t i)
{
	const uint8_t *in = window_bytes(window, 0, JOURNAL_HEADER);
	if (in == NULL || segment_get(&window->segment, in) != OK ||
	        window->segment.first_seq != place->list[i] ||
	        window->segment.epoch != place->epoch ||
	        strcmp(window->segment.source, place->source) != 0)
		return MALFORMED;
	window->seed = segment_seed(place->epoch, window->segment.number);
	return OK;
}

/* The number of segment i, 0 if its header does not tell. */
static uint64_t number_of(
        struct window *window, const struct segment_place *place, size_t i)
{
	if (open_file(window, place, i) != OK || read_header(window, place, i) != OK)
		return 0;
	return window->segment.number;
}

/* One of these numbers makes an entry validate: it is the segment's.  One pass, since
 * each entry may need all of them. */
static bool number_among(struct window *window, const uint64_t *number, size_t n)
{
	struct found found;
	for (uint64_t at = JOURNAL_HEADER; at + JOURNAL_ENTRY <= window->size;
	        at += 8) {
		const uint8_t *in = window_bytes(window, at, JOURNAL_ENTRY);
		int length = entry_length(in);
		in = length > 0 ? window_bytes(window, at, (size_t)length) : NULL;
		for (size_t k = 0; in != NULL && k < n; k++) {
			uint32_t seed = segment_seed(window->segment.epoch, number[k]);
			if (entry_get(&found, in, &window->segment, seed) != OK)
				continue;
			window->segment.number = number[k];
			window->seed = seed;
			return true;
		}
	}
	return false;
}

/* The number the damaged header tells, and those with one bit changed; how many. */
static size_t numbers_written(struct window *window, uint64_t *number)
{
	const uint8_t *in = window_bytes(window, 0, JOURNAL_HEADER);
	if (in == NULL)
		return 0;
	number[0] = get_le64(in + 32);
	for (int bit = 0; bit < 64; bit++)
		number[1 + bit] = number[0] ^ UINT64_C(1) << bit;
	return 65;
}

/* Numbers count up from segment to segment: one near those of the neighbours, or what
 * is left of its own, must make an entry validate. */
static int guess_number(struct window *window, const struct segment_place *place)
{
	uint64_t before = 0, behind = 0, number[2 * TRIES + 65];
	size_t n = 0;
	if (place->i > 0)
		before = number_of(window, place, place->i - 1);
	if (place->i + 1 < place->n)
		behind = number_of(window, place, place->i + 1);
	int status = open_file(window, place, place->i);
	if (status != OK)
		return status;
	window->segment = (struct segment){ .epoch = place->epoch,
		.first_seq = place->list[place->i] };
	memcpy(window->segment.source, place->source, strlen(place->source) + 1);
	for (uint64_t k = 1; k <= TRIES; k++) {
		number[n++] = before + k;
		if (behind > k)
			number[n++] = behind - k;
	}
	n += numbers_written(window, number + n);
	window->known = number_among(window, number, n);
	return OK;
}

int window_open(struct window *window, const struct segment_place *place)
{
	int status = open_file(window, place, place->i);
	if (status != OK)
		return status;
	if (read_header(window, place, place->i) != OK)
		return guess_number(window, place);
	window->known = window->header_sound = true;
	return OK;
}

bool hole_never_came(int folder, uint64_t limit, const struct hole *hole)
{
	uint8_t header[JOURNAL_HEADER];
	char name[SEGMENT_NAME];
	struct segment next = { .skipped = 0 };
	if (hole->last + 1 != limit)
		return false;
	segment_name(limit, name);
	int fd = file_open_regular(folder, name, 0);
	if (fd < 0)
		return false;
	ssize_t n = pread(fd, header, sizeof header, 0);
	close(fd);
	return n == (ssize_t)sizeof header && segment_get(&next, header) == OK &&
	       next.first_seq == limit &&
	       (next.skipped == UINT32_MAX ||
	               next.skipped >= hole->last - hole->first + 1);
}

/* Is there a commit begun behind walk->offset?  Then the one before it was durable: a
 * writer begins none sooner.  Zeros are where the entries end nearly always: no more is
 * looked at behind them than lies in the buffer. */
static bool begun_behind(struct walk *walk, bool zeros)
{
	struct window *window = &walk->window;
	struct found found;
	uint64_t at = walk->offset + 8, end = window->size;
	if (zeros && end - walk->offset > ZEROS_LOOK)
		end = walk->offset + ZEROS_LOOK;
	for (; at + JOURNAL_ENTRY <= end; at += 8)
		if (window_entry(window, at, &found) == 1 && found.begins)
			return true;
	return false;
}

/* In the segment being written: 1 with the entry that has come since, or, where what
 * lies here is damaged and not under way, with the next sound one; or 0. */
static int look_beside_writer(struct walk *walk, struct found *found)
{
	struct window *window = &walk->window;
	window_refresh(window);
	int here = window_entry(window, walk->offset, found);
	if (here == 1)
		return 1;
	if (!walk->beside_writer || !begun_behind(walk, here == 0))
		return 0;
	/* both may have been written since the first look */
	window_refresh(window);
	if (window_entry(window, walk->offset, found) == 1)
		return 1;
	walk->damaged = true;
	return window_search(window, walk->offset + 8, found);
}

/* At an entry that is none: 1 with the next sound one, or 0. */
static int look_behind(struct walk *walk, uint64_t limit, struct found *found)
{
	struct window *window = &walk->window;
	if (limit == LIMIT_NEWEST)
		return look_beside_writer(walk, found);
	if (window_search(window, walk->offset + 8, found) == 1) {
		walk->damaged = true;
		return 1;
	}
	if (window_used(window, walk->offset) > walk->offset)
		walk->damaged = true;
	walk->offset = window->size;
	return 0;
}

int walk_step(struct walk *walk, uint64_t limit, struct found *found, struct hole *hole)
{
	bool last = limit == LIMIT_NEWEST || limit == LIMIT_NONE;
	/* What the next segment holds is not looked for here: this one may have been
	 * given up after a failed write, and what is left at its end was never
	 * durable. */
	while (last || walk->expected < limit) {
		uint64_t from = walk->offset;
		bool more = walk->window.known &&
		            (window_entry(&walk->window, from, found) == 1 ||
		                    look_behind(walk, limit, found) == 1);
		if (!more && last)
			return 0;
		uint64_t seq = more && (last || found->entry.seq < limit)
		                       ? found->entry.seq
		                       : limit;
		if (more)
			walk->offset = found->offset;
		if (seq > walk->expected) {
			*hole = (struct hole){ walk->expected, seq - 1, from };
			walk->expected = seq;
			return MALFORMED;
		}
		walk->offset += found->size;
		if (seq < walk->expected)
			continue;
		walk->expected++;
		return 1;
	}
	return 0;
}
