// Creates nothing and reads nothing that it was not asked for: metadata, offsets, and a thousand records with kafkajs.
const { Kafka, logLevel } = require('kafkajs')

async function main() {
  const kafka = new Kafka({ clientId: 'ci', brokers: process.env.BROKERS.split(','), logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  const cluster = await admin.describeCluster()
  if (cluster.brokers.length !== 3) throw new Error(`kafkajs sees ${cluster.brokers.length} brokers`)

  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  for (let batch = 0; batch < 10; batch++) {
    const messages = []
    for (let i = batch * 100; i < (batch + 1) * 100; i++) messages.push({ key: `k${i}`, value: `v${i}` })
    await producer.send({ topic: 'js', acks: -1, messages })
  }
  await producer.disconnect()

  const offsets = await admin.fetchTopicOffsets('js')
  const total = offsets.reduce((sum, partition) => sum + Number(partition.high) - Number(partition.low), 0)
  if (total !== 1000) throw new Error(`kafkajs counts ${total} records`)
  await admin.disconnect()
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
