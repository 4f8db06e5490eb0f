/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a sealed file: whether they are those that were sealed is decided here,
 * by their SHA-256; what they say, in a child. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/rewritten.h"
#include "archive/verify_inside.h"
#include "base/bytes.h"
#include "base/folder.h"
#include "base/units.h"

#define FILE_LEAST      ((uint64_t)64 << 20)
#define FILE_PER_RECORD 65536 /* a record has at most 59,952 bytes */

/* ---- the bytes ---- */

/* Of what so many records could be sealed as, however it was rewritten. */
static uint64_t size_most(const struct seal *seal)
{
	if (seal->records >= (FILE_MOST - FILE_LEAST) / FILE_PER_RECORD)
		return FILE_MOST;
	return FILE_LEAST + FILE_PER_RECORD * seal->records;
}

/* The file may grow and shrink meanwhile. */
static int bytes_read(int fd, size_t size, struct verify_image *image)
{
	uint8_t *at = mmap(
	        NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return FAILED;
	image->bytes = at;
	image->room = size;
	while (image->n < size) {
		ssize_t n = read(fd, at + image->n, size - image->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		image->n += (size_t)n;
	}
	return OK;
}

/* Into memory, for the child to have no path; but not however much it is. */
static int image_read(
        const char *path, struct verify_image *image, struct finding *finding)
{
	struct stat st = { .st_size = 0 };
	uint64_t most = size_most(image->seal);
	int status = FAILED, fd = file_open_regular(AT_FDCWD, path, 0);
	if (fd < 0 || fstat(fd, &st) != 0)
		finding_damaged(finding, "cannot be read: %s", file_reason(errno));
	else if (st.st_size == 0)
		finding_damaged(finding, "cannot be read: it is empty");
	else if ((uint64_t)st.st_size > most)
		finding_damaged(finding,
		        "has %" PRIu64 " bytes and is not read: the %" PRIu64
		        " records that were sealed take less than %" PRIu64,
		        (uint64_t)st.st_size, image->seal->records, most);
	else if ((status = bytes_read(fd, (size_t)st.st_size, image)) != OK)
		finding_damaged(finding, "could not be checked: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return status;
}

/* Signature, version and size as the superblock says them, before libhdf5 sees a byte. */
static bool superblock_sound(const struct verify_image *image, struct finding *finding)
{
	static const uint8_t signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a,
		'\n' };
	const uint8_t *in = image->bytes;
	if (image->n < 96 || memcmp(in, signature, sizeof signature) != 0) {
		finding_damaged(finding, "is no HDF5 file (%zu bytes)", image->n);
		return false;
	}
	bool old = in[8] <= 1;
	size_t base = old ? (in[8] == 0 ? 24 : 28) : 12;
	if (in[8] > 3 || in[old ? 13 : 9] != 8 || in[old ? 14 : 10] != 8) {
		finding_damaged(finding,
		        "superblock of version %u, or of another width", in[8]);
		return false;
	}
	uint64_t end = get_le64(in + base + 16);
	if (get_le64(in + base) != 0 || end != image->n) {
		finding_damaged(finding, "has %zu bytes; by its superblock it has %llu",
		        image->n, (unsigned long long)end);
		return false;
	}
	return true;
}

/* ---- what was sealed and what is there ---- */

void rewritten_free(struct rewritten *rewritten)
{
	free(rewritten->bytes);
	*rewritten = (struct rewritten){ 0 };
}

/* Which bytes of a file that says what was sealed are not as they were. */
static void difference_say(const struct verify_image *image,
        const struct rewritten *again, struct finding *finding)
{
	size_t first = 0, last = image->n;
	if (again->n == 0)
		snprintf(finding->text, sizeof finding->text,
		        ": made again it is not what was sealed, so that it is left "
		        "out when the archive is read: time_stored or transport was "
		        "changed, or another version of libdeflate made it; put back a "
		        "copy");
	if (again->n != image->n)
		return;
	while (first < image->n && image->bytes[first] == again->bytes[first])
		first++;
	while (last > first && image->bytes[last - 1] == again->bytes[last - 1])
		last--;
	if (last == first + 1)
		snprintf(finding->text, sizeof finding->text,
		        ": byte %zu is not as it was sealed, and holds nothing", first);
	else
		snprintf(finding->text, sizeof finding->text,
		        ": it differs from what was sealed between byte %zu and %zu",
		        first, last - 1);
}

static void file_look(const char *path, struct verify_image *image,
        struct finding *finding, struct rewritten *again)
{
	uint8_t hash[DIGEST_SIZE];
	*finding = (struct finding){ .verdict = VERDICT_DAMAGED };
	*again = (struct rewritten){ 0 };
	if (image_read(path, image, finding) != OK)
		return;
	digest_of(image->bytes, image->n, hash);
	image->same =
	        image->unlisted || memcmp(hash, image->seal->file, sizeof hash) == 0;
	units_check(
	        "m"); /* its table is read from a file: once, and before the child */
	if (superblock_sound(image, finding))
		verify_image_look(image, finding, again);
	if (finding->verdict == VERDICT_OK && !image->same)
		finding->verdict = VERDICT_REWRITTEN;
}

static void image_free(struct verify_image *image)
{
	if (image->room > 0)
		munmap((void *)(uintptr_t)image->bytes, image->room);
}

void verify_file_apart(const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct finding *finding)
{
	struct verify_image image = { .seal = seal, .identity = identity };
	struct rewritten again;
	file_look(path, &image, finding, &again);
	if (finding->verdict == VERDICT_REWRITTEN)
		difference_say(&image, &again, finding);
	rewritten_free(&again);
	image_free(&image);
}

#define UNLISTED_RECORDS ((uint64_t)1 << 24) /* it may have */

bool verify_whole(
        const char *path, const char *name, const struct archive_identity *identity)
{
	struct seal claimed = { .records = UNLISTED_RECORDS };
	struct verify_image image = {
		.seal = &claimed, .identity = identity, .unlisted = true
	};
	struct rewritten again;
	struct finding finding;
	if (strlen(name) >= sizeof claimed.path)
		return false;
	snprintf(claimed.path, sizeof claimed.path, "%s", name);
	file_look(path, &image, &finding, &again);
	rewritten_free(&again);
	image_free(&image);
	return finding.verdict == VERDICT_OK;
}

int rewritten_take(struct rewritten *out, const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct problem *why)
{
	struct verify_image image = { .seal = seal, .identity = identity };
	struct finding finding;
	file_look(path, &image, &finding, out);
	image_free(&image);
	if (finding.verdict == VERDICT_DAMAGED)
		return problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "%s: %s", path, finding.text);
	if (out->n > 0)
		return OK;
	rewritten_free(out);
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "%s: was rewritten and cannot be made again to the bit as it was "
	        "sealed: put back a copy whose SHA-256 is the one in the seal list",
	        path);
}
