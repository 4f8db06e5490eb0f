/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/digest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/status.h"

struct digest {
	EVP_MD_CTX *context;
	EVP_MD *sha256; /* fetched once: the lookup costs more than a small digest */
};

struct digest *digest_new(void)
{
	struct digest *digest = calloc(1, sizeof *digest);
	if (digest == NULL)
		return NULL;
	digest->context = EVP_MD_CTX_new();
	digest->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (digest->context == NULL || digest->sha256 == NULL) {
		digest_free(digest);
		return NULL;
	}
	return digest;
}

void digest_free(struct digest *digest)
{
	if (digest == NULL)
		return;
	EVP_MD_CTX_free(digest->context);
	EVP_MD_free(digest->sha256);
	free(digest);
}

/* SHA-256 of bytes in memory has no way to fail but a broken library. */
void digest_begin(struct digest *digest)
{
	int done = EVP_DigestInit_ex2(digest->context, digest->sha256, NULL);
	assert(done == 1);
}

void digest_add(struct digest *digest, const void *in, size_t n)
{
	int done = EVP_DigestUpdate(digest->context, in, n);
	assert(done == 1);
}

void digest_end(struct digest *digest, uint8_t out[DIGEST_SIZE])
{
	unsigned size = DIGEST_SIZE;
	int done = EVP_DigestFinal_ex(digest->context, out, &size);
	assert(done == 1 && size == DIGEST_SIZE);
}

void digest_of(const void *in, size_t n, uint8_t out[DIGEST_SIZE])
{
	unsigned size = DIGEST_SIZE;
	int done = EVP_Digest(in, n, out, &size, EVP_sha256(), NULL);
	assert(done == 1);
}

static int add_descriptor(struct digest *digest, int fd)
{
	static _Thread_local uint8_t block[1 << 16];
	for (;;) {
		ssize_t n = read(fd, block, sizeof block);
		if (n == 0)
			return OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FAILED;
		digest_add(digest, block, (size_t)n);
	}
}

int digest_of_file(const char *path, uint8_t out[DIGEST_SIZE])
{
	int fd = file_open_regular(AT_FDCWD, path, 0);
	if (fd < 0)
		return FAILED;
	int status = FAILED;
	struct digest *digest = digest_new();
	if (digest == NULL)
		goto close_file;
	digest_begin(digest);
	status = add_descriptor(digest, fd);
	if (status == OK)
		digest_end(digest, out);
	digest_free(digest);
close_file:;
	int saved = errno;
	close(fd);
	errno = saved;
	return status;
}
