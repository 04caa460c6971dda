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

# The package index holds torch for CUDA; torch's own index holds the far smaller one for the CPU.
RUN case "$DEVICE" in \
        cpu) pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu '.[examples]' ;; \
        cuda) pip install --no-cache-dir '.[examples]' ;; \
        *) echo "DEVICE must be cpu or cuda, not $DEVICE" >&2; exit 2 ;; \
    esac

COPY examples /examples
RUN useradd --create-home spikeq && install --directory --owner=spikeq /work
USER spikeq
WORKDIR /work
ENTRYPOINT ["spikeq"]
CMD ["demo"]
