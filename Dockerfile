# spikeq on the CPU:  docker build -t spikeq . && docker run --rm -v "$PWD:/work" spikeq demo
# On an NVIDIA GPU:   docker build -t spikeq --build-arg DEVICE=cuda . && docker run --rm --gpus all spikeq doctor
FROM python:3.11-slim

ARG DEVICE=cpu

# Triton compiles its launchers with a C compiler.
RUN if [ "$DEVICE" = cuda ]; then \
        apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*; \
    fi

WORKDIR /source
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY spikeq spikeq
COPY spikeq_kernels spikeq_kernels

# torch brings CUDA along; for a far smaller image without it, name the index of torch's CPU builds:
#   docker build -t spikeq --build-arg TORCH_INDEX=URL .
ARG TORCH_INDEX
RUN case "$DEVICE" in \
        cpu) pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} '.[examples]' ;; \
        cuda) pip install --no-cache-dir '.[examples]' ;; \
        *) echo "DEVICE must be cpu or cuda, not $DEVICE" >&2; exit 2 ;; \
    esac

COPY examples /examples
RUN useradd --create-home spikeq && install --directory --owner=spikeq /work
USER spikeq
WORKDIR /work
ENTRYPOINT ["spikeq"]
CMD ["demo"]
