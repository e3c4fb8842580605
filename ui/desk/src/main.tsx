import { createRoot } from 'react-dom/client'
import { App } from '@/app/App'
import { nonceOnStyles } from '@/app/nonce'
import { keptLook } from '@/app/theme'
import { listenToKeys } from '@/keys/useKeys'
import { keptLanguage, load } from '@/texts'
import '@/app/desk.css'

nonceOnStyles()
listenToKeys()
const root = document.getElementById('root')
const language = keptLanguage()
void load(language).then((texts) => {
  if (root) createRoot(root).render(<App first={{ language, texts }} look={keptLook()} />)
})
