#!/bin/sh
# TaskProlog of slurm/local-cluster.sh: Slurm adds what this prints to the environment of every task.
# All nodes are one host, so Open MPI must not take processes of two nodes for neighbours that share memory,
# nor bind the processes of each node to the same cores.
echo export OMPI_MCA_btl=self,tcp
echo export OMPI_MCA_btl_tcp_if_include=lo
echo export OMPI_MCA_oob_tcp_if_include=lo
echo export OMPI_MCA_hwloc_base_binding_policy=none
echo export OMPI_MCA_mpi_yield_when_idle=1
if [ "$(id -u)" = 0 ]; then
  echo export OMPI_ALLOW_RUN_AS_ROOT=1
  echo export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
