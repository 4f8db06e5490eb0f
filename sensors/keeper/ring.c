/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* A ring has room for the longest wait of its reader and is usually all but empty.  So what was read
 * goes back to the system, so many bytes at a time, and only then to the producer, who might else be
 * writing there already.  Small rings have nothing to give back. */
#define GIVE_BACK ((size_t)64 << 10)
#define LARGE     (16 * GIVE_BACK)

enum entry_kind { ENTRY_RECORD = 1, ENTRY_LOSS, ENTRY_WRAP };

struct entry {
	uint32_t size, kind;
};

/* `head` and `tail` only ever grow; their distance is what is held.  Each is written by
 * one thread: release after the bytes, acquire before them. */
struct ring {
	_Alignas(64) atomic_size_t head; /* the producer's */
	struct ring_loss loss;           /* the producer's: not handed over yet */
	_Alignas(64) atomic_size_t tail; /* the consumer's */
	size_t taken;                    /* the consumer's: `tail`, or beyond it */
	_Alignas(64) atomic_uint_fast64_t dropped;
	size_t size; /* a power of two */
	int descriptor;
	uint8_t *bytes;
};

int ring_new(struct ring **out, size_t size)
{
	struct ring *ring = aligned_alloc(64, sizeof *ring);
	if (ring == NULL)
		return FAILED;
	memset(ring, 0, sizeof *ring);
	ring->size = 4096;
	while (ring->size < size)
		ring->size *= 2;
	ring->bytes = aligned_alloc(ring->size >= LARGE ? GIVE_BACK : 64, ring->size);
	if (ring->bytes == NULL)
		goto free_ring;
	ring->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (ring->descriptor < 0)
		goto free_bytes;
	*out = ring;
	return OK;
free_bytes:
	free(ring->bytes);
free_ring:
	free(ring);
	return FAILED;
}

void ring_free(struct ring *ring)
{
	if (ring == NULL)
		return;
	close(ring->descriptor);
	free(ring->bytes);
	free(ring);
}

static size_t padded(size_t n)
{
	return sizeof(struct entry) + (n + 7) / 8 * 8;
}

/* Bytes an entry takes if it begins at `head`: an entry never lies across the end. */
static size_t needed(const struct ring *ring, size_t head, size_t n)
{
	size_t to_end = ring->size - (head & (ring->size - 1));
	return padded(n) <= to_end ? padded(n) : to_end + padded(n);
}

static void write_entry(
        struct ring *ring, size_t at, struct entry entry, const void *in)
{
	uint8_t *out = ring->bytes + (at & (ring->size - 1));
	memcpy(out, &entry, sizeof entry);
	if (in != NULL)
		memcpy(out + sizeof entry, in, entry.size);
}

static size_t append(
        struct ring *ring, size_t head, enum entry_kind kind, const void *in, size_t n)
{
	size_t to_end = ring->size - (head & (ring->size - 1));
	if (padded(n) > to_end) {
		write_entry(ring, head, (struct entry){ .kind = ENTRY_WRAP }, NULL);
		head += to_end;
	}
	write_entry(ring, head, (struct entry){ (uint32_t)n, (uint32_t)kind }, in);
	return head + padded(n);
}

static size_t room(const struct ring *ring, size_t head)
{
	return ring->size -
	       (head - atomic_load_explicit(&ring->tail, memory_order_acquire));
}

static void publish(struct ring *ring, size_t head)
{
	atomic_store_explicit(&ring->head, head, memory_order_release);
	uint64_t one = 1;
	/* The counter can only be full when the consumer is awake anyway. */
	if (write(ring->descriptor, &one, sizeof one) < 0)
		assert(errno == EAGAIN);
}

static int drop(struct ring *ring, int64_t time_us)
{
	if (ring->loss.count++ == 0)
		ring->loss.from_us = time_us;
	ring->loss.to_us = time_us;
	atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
	return FULL;
}

void ring_lose(struct ring *ring, int64_t time_us)
{
	drop(ring, time_us);
}

int ring_put(struct ring *ring, const void *record, size_t n, int64_t time_us)
{
	assert(n > 0);
	size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	size_t before =
	        ring->loss.count > 0 ? needed(ring, head, sizeof ring->loss) : 0;
	if (before + needed(ring, head + before, n) > room(ring, head))
		return drop(ring, time_us);
	if (before > 0)
		head = append(ring, head, ENTRY_LOSS, &ring->loss, sizeof ring->loss);
	ring->loss = (struct ring_loss){ 0 };
	publish(ring, append(ring, head, ENTRY_RECORD, record, n));
	return OK;
}

int ring_put_loss(struct ring *ring)
{
	size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	if (ring->loss.count == 0)
		return OK;
	if (needed(ring, head, sizeof ring->loss) > room(ring, head))
		return FULL;
	publish(ring, append(ring, head, ENTRY_LOSS, &ring->loss, sizeof ring->loss));
	ring->loss = (struct ring_loss){ 0 };
	return OK;
}

static void give_back(struct ring *ring, size_t from, size_t end)
{
	while (from < end) {
		size_t at = from & (ring->size - 1);
		size_t n = ring->size - at < end - from ? ring->size - at : end - from;
		madvise(ring->bytes + at, n, MADV_DONTNEED);
		from += n;
	}
}

/* The consumer is done with all below `taken`. */
static void hand_back(struct ring *ring, size_t taken)
{
	size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	ring->taken = taken;
	if (ring->size >= LARGE) {
		taken -= taken % GIVE_BACK;
		give_back(ring, tail, taken);
	}
	if (taken != tail)
		atomic_store_explicit(&ring->tail, taken, memory_order_release);
}

size_t ring_take(struct ring *ring, void *out, size_t out_room, struct ring_loss *loss)
{
	size_t tail = ring->taken;
	*loss = (struct ring_loss){ 0 };
	if (tail == atomic_load_explicit(&ring->head, memory_order_acquire))
		return 0;
	struct entry entry;
	memcpy(&entry, ring->bytes + (tail & (ring->size - 1)), sizeof entry);
	if (entry.kind == ENTRY_WRAP) {
		tail += ring->size - (tail & (ring->size - 1));
		memcpy(&entry, ring->bytes, sizeof entry);
	}
	const uint8_t *in = ring->bytes + (tail & (ring->size - 1)) + sizeof entry;
	if (entry.kind == ENTRY_LOSS) {
		memcpy(loss, in, sizeof *loss);
	} else {
		assert(entry.size <= out_room);
		memcpy(out, in, entry.size);
	}
	hand_back(ring, tail + padded(entry.size));
	return entry.kind == ENTRY_LOSS ? 0 : entry.size;
}

int ring_descriptor(const struct ring *ring)
{
	return ring->descriptor;
}

void ring_rest(struct ring *ring)
{
	uint64_t count;
	if (read(ring->descriptor, &count, sizeof count) < 0)
		assert(errno == EAGAIN);
}

uint64_t ring_dropped(const struct ring *ring)
{
	return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}
