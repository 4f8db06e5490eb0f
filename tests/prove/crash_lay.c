/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk as the power may have left it. */
#include "tests/prove/crash_disk_parts.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kits/check.h"

#define PAGE   4096
#define SECTOR 512

struct state {
	const struct crash_disk *disk;
	size_t end, last; /* prefix: no call from `last` on unless it is durable */
	enum crash_model model;
	uint64_t *seed;
	struct names names;
	char **path; /* of each node laid already, for its second name */
};

static bool is_durable(const struct state *state, const struct call *call)
{
	return call->durable < state->end;
}

/* Old, new, or drawn among all it was in between. */
enum luck { OLD, NEW, BETWEEN };

static enum luck luck_draw(uint64_t *seed)
{
	uint64_t drawn = chance(seed) % 8;
	return drawn < 3 ? OLD : drawn < 6 ? NEW : BETWEEN;
}

/* A file that grows as it is written to. */
struct image {
	uint8_t *byte;
	size_t n, room;
};

static void image_size(struct image *image, size_t n)
{
	if (n > image->room) {
		size_t room = (n + PAGE - 1) / PAGE * PAGE;
		uint8_t *more = realloc(image->byte, room);
		if (more == NULL)
			err(70, "crash_disk");
		memset(more + image->room, 0, room - image->room);
		image->byte = more;
		image->room = room;
	}
	if (n < image->n)
		memset(image->byte + n, 0, image->n - n);
	image->n = n;
}

/* Bytes of a file that a call may change. */
static void image_apply(
        struct image *image, const struct call *call, size_t *from, size_t *to)
{
	size_t at = (size_t)call->entry.at, n = call->entry.second_n;
	*from = at < image->n ? at : image->n;
	*to = at > image->n ? at : image->n;
	if (call->entry.type == CRASH_TRUNCATE) {
		image_size(image, at);
	} else if (call->entry.type == CRASH_ALLOCATE) {
		if (at > image->n)
			image_size(image, at);
		*to = *from;
	} else {
		*from = at;
		*to = at + n;
		if (at + n > image->n)
			image_size(image, at + n);
		if (n > 0 && image->byte != NULL)
			memcpy(image->byte + at, call->second, n);
	}
}

struct luck_of_page {
	enum luck luck;
	size_t versions;
};

/* Every page and the size of a file, each by itself. */
struct shuffle {
	struct image now, out;
	size_t n_pages, sizes, size;
	struct luck_of_page *page;
	enum luck size_luck;
};

static bool taken(uint64_t *seed, enum luck luck, size_t versions)
{
	return luck == NEW || (luck == BETWEEN && chance(seed) % (versions + 1) == 0);
}

static void shuffle_apply(
        struct shuffle *shuffle, const struct call *call, uint64_t *seed)
{
	size_t from, to, old = shuffle->now.n;
	image_apply(&shuffle->now, call, &from, &to);
	if (shuffle->now.n != old && taken(seed, shuffle->size_luck, ++shuffle->sizes))
		shuffle->size = shuffle->now.n;
	if (to > shuffle->out.room)
		image_size(&shuffle->out, to);
	size_t pages = (to + PAGE - 1) / PAGE;
	if (pages > shuffle->n_pages) {
		shuffle->page = realloc(shuffle->page, pages * sizeof *shuffle->page);
		if (shuffle->page == NULL)
			err(70, "crash_disk");
		for (size_t i = shuffle->n_pages; i < pages; i++)
			shuffle->page[i] =
			        (struct luck_of_page){ .luck = luck_draw(seed) };
		shuffle->n_pages = pages;
	}
	for (size_t i = from / PAGE; i < pages && from < to; i++) {
		struct luck_of_page *page = &shuffle->page[i];
		if (!taken(seed, page->luck, ++page->versions))
			continue;
		size_t at = i * PAGE;
		size_t n = shuffle->now.room > at ? shuffle->now.room - at : 0;
		n = n < PAGE ? n : PAGE;
		memcpy(shuffle->out.byte + at, shuffle->now.byte + at, n);
		memset(shuffle->out.byte + at + n, 0, PAGE - n);
	}
}

static void copy_image(struct image *to, const struct image *from)
{
	*to = (struct image){ .n = 0 };
	image_size(to, from->n);
	if (from->n > 0)
		memcpy(to->byte, from->byte, from->n);
}

/* The write at which the prefix ends: some of its sectors may be there. */
static void tear_last(const struct state *state, size_t node, struct image *image)
{
	size_t from, to;
	if (state->last >= state->end)
		return;
	struct call call = state->disk->call[state->last];
	if (call.entry.type != CRASH_WRITE || call.node != node ||
	        is_durable(state, &call))
		return;
	uint32_t sectors = call.entry.second_n / SECTOR;
	call.entry.second_n = (uint32_t)(chance(state->seed) % (sectors + 1)) * SECTOR;
	if (call.entry.second_n > 0)
		image_apply(image, &call, &from, &to);
}

static struct image file_image(const struct state *state, size_t node)
{
	const struct crash_disk *disk = state->disk;
	struct image image = { .n = 0 };
	size_t from, to, i = 0;
	image_size(&image, disk->node[node].n);
	if (image.n > 0)
		memcpy(image.byte, disk->node[node].data, image.n);
	/* a sync covers all before it: what is durable comes first */
	for (; i < state->end; i++) {
		const struct call *call = &disk->call[i];
		bool here = call_is_data(call) && call->node == node;
		if (here && !is_durable(state, call) &&
		        (state->model == CRASH_REORDER || i >= state->last))
			break;
		if (here)
			image_apply(&image, call, &from, &to);
	}
	if (state->model == CRASH_PREFIX) {
		tear_last(state, node, &image);
		return image;
	}
	struct shuffle shuffle = { .size = image.n,
		.size_luck = luck_draw(state->seed) };
	copy_image(&shuffle.now, &image);
	for (shuffle.out = image; i < state->end; i++)
		if (call_is_data(&disk->call[i]) && disk->call[i].node == node)
			shuffle_apply(&shuffle, &disk->call[i], state->seed);
	free(shuffle.now.byte);
	free(shuffle.page);
	/* what lies behind a smaller size is gone */
	shuffle.out.n = shuffle.out.room;
	image_size(&shuffle.out, shuffle.size);
	return shuffle.out;
}

static void lay_file(const struct state *state, size_t node, const char *path)
{
	struct image image = file_image(state, node);
	size_t used = image.n;
	while (used > 0 && image.byte[used - 1] == 0)
		used--;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, image.byte, used) != (ssize_t)used ||
	        ftruncate(fd, (off_t)image.n) != 0)
		err(70, "%s", path);
	close(fd);
	free(image.byte);
}

static void lay_folder(struct state *state, size_t folder, const char *dir)
{
	if (mkdir(dir, 0777) != 0)
		err(70, "%s", dir);
	for (size_t i = 0; i < state->names.n; i++) {
		const struct name *name = &state->names.one[i];
		char path[4096];
		if (name->folder != folder)
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, name->text);
		if (state->disk->node[name->node].folder) {
			lay_folder(state, name->node, path);
		} else if (state->path[name->node] != NULL) {
			if (link(state->path[name->node], path) != 0)
				err(70, "%s", path);
		} else {
			lay_file(state, name->node, path);
			state->path[name->node] = strdup(path);
		}
	}
}

void crash_disk_lay(const struct crash_disk *disk, size_t end, enum crash_model model,
        uint64_t *seed, const char *dir)
{
	struct state state = { .disk = disk,
		.end = end,
		.last = end,
		.model = model,
		.seed = seed,
		.path = calloc(disk->n_nodes, sizeof *state.path) };
	if (state.path == NULL)
		err(70, "crash_disk");
	if (model == CRASH_PREFIX) {
		/* mostly not far before the end: further back all is durable */
		size_t back = chance(seed) % 2 == 0 ? 12 : end;
		size_t least = end > back ? end - back : 0;
		state.last = least + chance(seed) % (end - least + 1);
	}
	for (size_t i = 0; i < disk->before.n; i++)
		name_set(&state.names, &disk->before.one[i]);
	for (size_t i = 0; i < end; i++) {
		const struct call *call = &disk->call[i];
		bool there = is_durable(&state, call) ||
		             (model == CRASH_PREFIX ? i < state.last
		                                    : chance(seed) % 2 == 0);
		if (call_is_name(call) && there)
			call_apply(&state.names, call);
	}
	lay_folder(&state, 0, dir);
	for (size_t i = 0; i < disk->n_nodes; i++)
		free(state.path[i]);
	free(state.path);
	free(state.names.one);
}
